"""What `watch doctor` and `watch alerts` say. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lazaretto.model.finding import Severity
from lazaretto.model.text import N_, Message
from lazaretto.reports.context import Context
from lazaretto.reports.lines import DIM, GREEN, RED, YELLOW, paint, wrap
from lazaretto.reports.safe import plain, safe

_COLOURS = {"CRITICAL": RED, "HIGH": RED, "MEDIUM": YELLOW, "LOW": DIM}


@dataclass(frozen=True, slots=True)
class Probe:
    """One sensor here."""

    id: str
    title: str
    requires: str
    sees: str
    blind: str
    missing: Message | None
    used: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """All sensors here, and what else matters."""

    probes: tuple[Probe, ...]
    root: bool
    registries: tuple[str, ...]
    bait: int
    open_alerts: int

    @property
    def works(self) -> bool:
        """Tell whether programs and connections are seen."""
        used = {one.id for one in self.probes if one.used}
        programs = used & {"ebpf", "process-connector", "proc", "audit"}
        return bool(programs) and bool(used & {"ebpf", "sock-diag"})


def as_text(looked: Looked, context: Context) -> Iterator[str]:
    """Yield lines for people."""
    say = context.translate
    for one in looked.probes:
        if one.used:
            word, colour = say(N_("runs")), GREEN
        elif one.missing is None:
            word, colour = say(N_("could run")), DIM
        else:
            word, colour = say(N_("missing")), YELLOW
        yield f"{paint(word, colour, on=context.colour)}  {one.id}  {say(one.title)}"
        for label, text in (
            (N_("needs"), say(one.requires)),
            (N_("why not"), say.message(one.missing, safe) if one.missing else ""),
            (N_("sees"), say(one.sees)),
            (N_("does not see"), say(one.blind)),
        ):
            if text:
                yield from wrap(text, context.width, "        ", f"    {say(label)}: ")
    yield ""
    told = ", ".join(safe(one) for one in looked.registries) or say(
        N_("none is known: every host counts as a stranger")
    )
    yield from wrap(told, context.width, "    ", say(N_("registries")) + ": ")
    yield say(N_("bait: {count} files (lazaretto watch bait lays them out)"), {"count": looked.bait})
    yield say(N_("open alerts: {count}"), {"count": looked.open_alerts})
    if not looked.root:
        yield say(N_("without root: reads and writes of files are seen for bait only, hosts have no names"))


def as_json(looked: Looked) -> dict[str, Any]:
    """Return the same as JSON."""
    return {
        "root": looked.root,
        "works": looked.works,
        "sensors": [
            {
                "id": one.id,
                "used": one.used,
                "missing": plain(one.missing.english()) if one.missing else "",
                "requires": one.requires,
                "sees": one.sees,
                "blind": one.blind,
            }
            for one in looked.probes
        ],
        "registries": list(looked.registries),
        "bait": looked.bait,
        "open_alerts": looked.open_alerts,
    }


def open_lines(alerts: Sequence[Mapping[str, Any]], context: Context) -> Iterator[str]:
    """Yield one line for each open alert of the journal, which may have been written by another version."""
    for one in alerts:
        severity = str(one.get("severity", ""))
        known = severity if severity in Severity.__members__ else "?"
        count = one.get("count", 1)
        times = f" x{count}" if isinstance(count, int) and count > 1 else ""
        head = f"{safe(str(one.get('id', '')))[:8]}  {safe(str(one.get('at', '')), 24)}  {known:<8}"
        yield f"{paint(head, _COLOURS.get(known, DIM), on=context.colour)}  {safe(str(one.get('rule', '')))}{times}"
        yield from wrap(safe(str(one.get("message", ""))), context.width, "    ", "    ")
