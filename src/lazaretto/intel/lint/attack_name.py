"""ATT&CK ids that stand beside the name of another technique, or beside a name that no technique has."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache

from lazaretto.intel.attack import table
from lazaretto.intel.lint.paper import Check, Paper, defect
from lazaretto.model.lint import Defect
from lazaretto.model.text import N_

ID = "brief/attack-name"
TECHNIQUE = re.compile(r"(?<![\w./-])T1\d{3}(?:[./]\d{3})?(?!\w)")
_AFTER = re.compile(
    r"[\s*`]{0,3}(?:[-:|,]|\(|\[|–)?[\s|*`\"'“]{0,4}(?P<name>[A-Z][A-Za-z0-9/&'’ -]{3,90}(?:: [A-Z][A-Za-z0-9/&'’ -]{3,90})?)"
)
_BEFORE = re.compile(r"(?P<name>[A-Z][A-Za-z0-9/&'’:, -]{3,120}?)[\s*`\"'”]{0,3}(?:[(\[|]|[-:–]\s)[\s*`]{0,3}$")
_LIKE = 0.6
"""Likeness from which a name is taken for a misspelt one."""


def check(paper: Paper) -> Iterator[Defect]:
    """Yield every wrong pair."""
    known = table()
    for match in TECHNIQUE.finditer(paper.text):
        technique = match.group().replace("/", ".")
        if technique not in known.techniques:
            continue
        line = paper.shape.at(match.start())
        after = _AFTER.match(paper.text, match.end(), min(line.end, match.end() + 220))
        before = _BEFORE.search(paper.text[max(line.start, match.start() - 140) : match.start()])
        for written in (one["name"].strip(" -:,") for one in (after, before) if one):
            wrong = _wrong(technique, written)
            if wrong is not None:
                yield defect(
                    ID, paper.shape.number(match.start()),
                    N_("{id} is {right}, not {written}{other}"),
                    paper.words(line),
                    id=technique, right=known.techniques[technique].name, written=wrong[0], other=f" ({wrong[1]})" if wrong[1] else "",
                )  # fmt: skip
                break


def _wrong(technique: str, written: str) -> tuple[str, str] | None:
    """Return the wrong name and whose it is; None when it is right or not meant as a name."""
    known = table()
    low = _plain(written)
    mine = {_plain(known.techniques[technique].name), _plain(known.full_name(technique))}
    parent = known.techniques.get(technique.partition(".")[0])
    if any(low.startswith(name) or (name.endswith(low) and len(low) > 8) for name in mine):
        return None
    if parent is not None and low.startswith(_plain(parent.name)):
        rest = low.removeprefix(_plain(parent.name)).strip(" -:")
        if not rest or any(rest.startswith(name) for name in mine):
            return None
        low, written = rest, written[len(parent.name) :].strip(" -:")
    names = _names()
    longest = max((name for name in names if low.startswith(name)), key=len, default="")
    if longest and not any(longest in name for name in mine):
        return written[: len(longest)], ", ".join(names[longest][:2])
    best = max(SequenceMatcher(None, low[: len(name) + 8], name).ratio() for name in mine)
    return (written, "") if best >= _LIKE else None


@cache
def _names() -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for row in table().techniques.values():
        if len(row.name) >= 6:
            names.setdefault(_plain(row.name), []).append(row.id)
    return {name: tuple(ids) for name, ids in names.items()}


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("’", "'").split())


CHECK = Check(ID, N_("an ATT&CK id with another technique's name"), check)
