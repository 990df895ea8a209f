"""An answer about an offer, planned once for all forms: a title, what to do now, sections of items.

Everything in it is text for people, cleaned and defanged; a form only adds its own escapes.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from lazaretto.judge.offer_checks import BY_ID, CHECKS
from lazaretto.model.finding import Finding, Location
from lazaretto.model.offer import Offered, OfferGrade, Reply
from lazaretto.model.text import N_
from lazaretto.reports.context import Context
from lazaretto.reports.i18n import Translator
from lazaretto.reports.offer import words
from lazaretto.reports.safe import clean, defang, safe, shorten

QUOTE = 160
GAPS = 12


@dataclass(frozen=True, slots=True)
class Item:
    """One point."""

    text: str
    quote: str = ""
    """What the offer says there. Untrusted, cleaned."""
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Some points under a heading."""

    id: str
    title: str
    form: str
    """`list`, `steps`, `copy` (a text to be copied as it is)."""
    items: tuple[Item, ...]
    before: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole answer."""

    title: str
    grade: OfferGrade
    headline: str
    first: tuple[str, ...]
    """What to do now."""
    sections: tuple[Section, ...]
    last: tuple[str, ...]


def sheet(offered: Offered, context: Context) -> Sheet:
    """Plan an answer in the context's language."""
    say = context.translate
    verdict = offered.verdict
    ran = offered.case.answers.already_ran is Reply.YES
    headline = say(words.GRADES[verdict.grade])
    first = [say(words.FIRST[verdict.grade])]
    if not verdict.possible:
        headline, first = say(N_("NOT CHECKED")), [say(words.NOTHING_READ)]
    if ran:
        first.insert(0, say(words.RAN_FIRST))
    steps = Section("ran", say(words.RAN), "steps", tuple(Item(say(step)) for step in words.STEPS))
    sections = [
        Section("seen", say(words.SEEN), "list", tuple(_seen(offered, say)), say(words.SMALL)),
        Section("good", say(words.GOOD), "list", tuple(_good(offered, say))),
        Section("unchecked", say(words.UNCHECKED), "list", tuple(_unchecked(offered, say))),
        Section("settle", say(words.SETTLE), "list", tuple(_settle(offered, say))),
        *(_replies(offered, say) if verdict.possible else ()),
    ]
    if ran:
        sections.insert(0, steps)
    elif verdict.grade is not OfferGrade.NO_SIGN:
        sections.append(steps)
    return Sheet(
        title=say(N_("Is this offer real?")) + " " + safe(offered.case.name, 100),
        grade=verdict.grade,
        headline=headline,
        first=tuple(first),
        sections=tuple(section for section in sections if section.items),
        last=(coverage_line(offered, say),),
    )


def coverage_line(offered: Offered, say: Translator) -> str:
    """Say how much could be checked."""
    return say(
        N_("{possible} of {all} checks were possible with what was in hand; points {points} (confirm from 20, stop from 45 or by a single hard sign)"),
        {"possible": len(offered.verdict.possible), "all": len(CHECKS), "points": offered.verdict.points},
    )  # fmt: skip


def _seen(offered: Offered, say: Translator) -> Iterator[Item]:
    quoted: set[tuple[str, str]] = set()
    for reason in offered.verdict.reasons:
        finding = reason.finding
        weight = say(N_("stops by itself")) if reason.hard else say(N_("{n} points"), {"n": reason.points})
        place, quote = _place(finding), _quote(finding)
        yield Item(
            text=say.message(finding.message, safe),
            quote="" if (place, quote) in quoted else quote,  # each line of the offer once
            place=place,
            note=f"{reason.check} · {weight} · {finding.rule}",
        )
        quoted.add((place, quote))


def _quote(finding: Finding) -> str:
    return shorten(defang(clean(finding.excerpt)), QUOTE) if finding.excerpt else ""


def _place(finding: Finding) -> str:
    place = finding.locations[0] if finding.locations else Location("")
    return f"{safe(place.path, 120)}:{place.line}" if place.path else ""


def _good(offered: Offered, say: Translator) -> Iterator[Item]:
    for one in offered.verdict.good:
        place = f"{safe(one.path, 120)}:{one.line}" if one.line else ""
        yield Item(say.message(one.message, safe), place=place)


def _unchecked(offered: Offered, say: Translator) -> Iterator[Item]:
    by_need: dict[str, list[str]] = defaultdict(list)
    for ident in offered.verdict.missing:
        check = BY_ID[ident]
        by_need[check.needs[-1]].append(say(check.title))
    for need, titles in by_need.items():
        yield Item(say(words.NEEDS[need]), note="; ".join(titles))
    for gap in offered.gaps[:GAPS]:
        yield Item(f"{safe(gap.subject, 120)}: {say.message(gap.reason, safe)}")
    if len(offered.gaps) > GAPS:
        yield Item(say(N_("{n} more"), {"n": len(offered.gaps) - GAPS}))


def _settle(offered: Offered, say: Translator) -> Iterator[Item]:
    for ident in offered.verdict.settles[:6]:
        settle = BY_ID[ident].settle
        if settle:
            yield Item(say(settle))


def _replies(offered: Offered, say: Translator) -> Iterator[Section]:
    """The reply in the offer's own language first, then in the other."""
    korean = sum("가" <= character <= "힣" for text in _texts(offered) for character in text[:20_000])
    latin = sum("a" <= character <= "z" for text in _texts(offered) for character in text[:20_000])
    order = ("ko", "en") if korean * 2 > latin or (not korean and not latin and say.lang == "ko") else ("en", "ko")
    names = {"en": say(N_("English")), "ko": say(N_("Korean"))}
    for lang in order:
        yield Section(f"reply-{lang}", f"{say(words.REPLY)} ({names[lang]})", "copy", (Item(reply(offered, lang)),))


def _texts(offered: Offered) -> tuple[str, ...]:
    return (*(text.text for text in offered.case.texts), *(mail.text for mail in offered.case.mails))


def reply(offered: Offered, lang: str) -> str:
    """Return a polite reply: it asks for what would settle the offer, or declines where one must stop."""
    parts = words.REPLY_PARTS
    verdict = offered.verdict
    if verdict.grade is OfferGrade.STOP and any(reason.hard for reason in verdict.reasons):
        return parts["decline"][lang]
    fired = {reason.check for reason in verdict.reasons if reason.points}
    fired |= {"M4"} if fired & {"M1", "M2"} else set()
    asked = ["C2", "C3", *(check for check in ("M6", "M7", "M3", "M4", "M8", "M12", "M14") if check in fired)]
    return "\n".join([parts["open"][lang], *(parts[check][lang] for check in asked), "", parts["close"][lang]])
