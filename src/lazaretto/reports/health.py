"""What works here, one line a part, then what to do about the rest."""

from collections.abc import Sequence

from lazaretto.model.health import Health, State
from lazaretto.model.text import N_
from lazaretto.reports.context import Context
from lazaretto.reports.document import Json, encode
from lazaretto.reports.lines import GREEN, RED, YELLOW, pad, paint
from lazaretto.reports.safe import plain, safe

SCHEMA = "lazaretto/doctor-1"
_WORDS = {State.WORKS: N_("works"), State.PARTLY: N_("partly"), State.MISSING: N_("missing")}
_COLOURS = {State.WORKS: GREEN, State.PARTLY: YELLOW, State.MISSING: RED}


def as_text(found: Sequence[Health], context: Context) -> str:
    """Render for people."""
    say = context.translate
    width = max((len(one.part) for one in found), default=0) + 2
    lines = []
    for one in found:
        state = paint(pad(say(_WORDS[one.state]), 10), _COLOURS[one.state], on=context.colour)
        lines.append(f"{one.part:<{width}}{state}{say.message(one.what, safe)}")
        lines += [f"{'':{width}}-> {say.message(cure, lambda text: safe(text, 1000))}" for cure in one.cures]
    return "".join(f"{line}\n" for line in lines)


def as_json(found: Sequence[Health], context: Context) -> str:
    """Render for programs."""
    parts: list[Json] = [
        {
            "part": one.part,
            "state": one.state.value,
            "what": plain(one.what.english()),
            "cures": [plain(cure.english()) for cure in one.cures],
        }
        for one in found
    ]
    return encode({"schema": SCHEMA, "version": context.version, "parts": parts}, context, indent=2)
