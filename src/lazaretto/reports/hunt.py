"""The answer of a hunt for people: what came how far, where, and what was not looked at; the matrix of a fleet."""

from collections.abc import Iterator, Sequence

from lazaretto.model.finding import Confidence
from lazaretto.model.text import N_
from lazaretto.model.trace import Hit, Hunted, Looked, Rung, Standing
from lazaretto.reports.context import Context
from lazaretto.reports.groups import gap_groups
from lazaretto.reports.hunt_document import Machine, highest, matrix
from lazaretto.reports.lines import BOLD, DIM, RED, YELLOW, pad, paint, wrap
from lazaretto.reports.safe import cells, safe, shorten_path
from lazaretto.reports.text import gap_names
from lazaretto.reports.words import CONFIDENCES

RUNGS: dict[Rung, str] = {
    Rung.NAMED: N_("named"),
    Rung.RESOLVED: N_("resolved"),
    Rung.FETCHED: N_("fetched"),
    Rung.INSTALLED: N_("installed"),
    Rung.EXECUTED: N_("executed"),
    Rung.INFECTED: N_("infected"),
}
HEADLINES: dict[Rung | None, str] = {
    Rung.INFECTED: N_("INFECTED"),
    Rung.EXECUTED: N_("EXECUTED"),
    Rung.INSTALLED: N_("INSTALLED"),
    Rung.FETCHED: N_("FETCHED, NOT SEEN INSTALLED"),
    Rung.RESOLVED: N_("RESOLVED, NOT SEEN FETCHED"),
    Rung.NAMED: N_("NAMED ONLY"),
    None: N_("NO TRACE FOUND"),
}
_INCOMPLETE = N_("NO TRACE FOUND IN WHAT WAS LOOKED AT; NOT EVERYTHING WAS")
ADVICE: dict[Rung | None, str] = {
    Rung.INFECTED: N_(
        "Disconnect this machine, keep it as it is, and renew every secret that was on it from another machine."
    ),
    Rung.EXECUTED: N_(
        "Take every secret on this machine as known to the attacker: renew them from another machine, then look closer."
    ),
    Rung.INSTALLED: N_("Installing may have run code: do not start the project, renew secrets, and look closer."),
    Rung.FETCHED: N_("Do not install it. Keep the cached file as evidence, and ask who fetched it."),
    Rung.RESOLVED: N_("Do not install. Take it out of the lockfile, and look at who brought it in."),
    Rung.NAMED: N_("Do not install. Take it out, or pin a version that is known to be harmless."),
    None: N_("That is no proof: traces are deleted, and only what is listed below was looked at."),
}
STANDINGS: dict[Standing, str] = {
    Standing.RECORDED: N_("recorded"),
    Standing.ADMITTED: N_("the range admits a recorded version"),
    Standing.NAME: N_("the name is recorded, this version is not, or is not known"),
    Standing.GIVEN: N_("asked for"),
}
PLACES_SHOWN = 12
"""Places of one thing on one rung, unless everything is asked for."""


def as_text(hunted: Hunted, titles: dict[str, str], context: Context) -> str:
    """Render one machine. `titles` are the titles of the kinds of places."""
    return "".join(f"{line}\n" for line in _lines(hunted, titles, context))


def _lines(hunted: Hunted, titles: dict[str, str], context: Context) -> Iterator[str]:
    say = context.translate
    rung = hunted.rung
    text = _INCOMPLETE if rung is None and not hunted.complete else HEADLINES[rung]
    colour = RED if rung is not None and rung >= Rung.INSTALLED else YELLOW
    yield paint(say(text), f"{BOLD};{colour}" if rung or not hunted.complete else BOLD, on=context.colour)
    yield from wrap(say(ADVICE[rung]), context.width)
    if context.quiet:
        return
    yield ""
    yield from _things(hunted, titles, context)
    yield from _looked(hunted, titles, context)
    yield from _gaps(hunted, context)
    yield from _summary(hunted, context)


def _things(hunted: Hunted, titles: dict[str, str], context: Context) -> Iterator[str]:
    say = context.translate
    by_thing: dict[tuple[str, str], list[Hit]] = {}
    for hit in hunted.hits:
        by_thing.setdefault((hit.trace.world, hit.trace.name), []).append(hit)
    if by_thing:
        yield from _matrix(by_thing, context)
        yield ""
    for (world, name), hits in by_thing.items():
        top = max(hit.trace.rung for hit in hits)
        versions = sorted({hit.trace.version for hit in hits} - {""})
        title = f"{world}:{safe(name, 120)} {safe(', '.join(versions), 120)}".rstrip()
        yield f"{paint(title, BOLD, on=context.colour)}  {_ladder(top, context)}"
        for line in sorted({_why(hit, context) for hit in hits}):
            yield from wrap(line, context.width, "    ", "  ")
        for rung in sorted({hit.trace.rung for hit in hits}, reverse=True):
            yield from _rung(rung, [hit for hit in hits if hit.trace.rung is rung], titles, context)
        yield ""
    if not by_thing:
        yield say(N_("Nothing that was sought was found."))
        yield ""


def _ladder(top: Rung, context: Context) -> str:
    shown = [context.translate(RUNGS[rung]) for rung in Rung if rung <= top]
    return paint(" → ".join(shown), RED if top >= Rung.INSTALLED else YELLOW, on=context.colour)


def _why(hit: Hit, context: Context) -> str:
    reason, say = hit.reason, context.translate
    standing = say(STANDINGS[reason.standing])
    if not reason.campaign:
        return standing
    text = N_("{standing}: campaign {campaign}, {source}")
    return say(text, {"standing": standing, "campaign": reason.campaign, "source": reason.source}, safe)


def _rung(rung: Rung, hits: list[Hit], titles: dict[str, str], context: Context) -> Iterator[str]:
    say = context.translate
    shown = hits if context.show_all else hits[:PLACES_SHOWN]
    for hit in shown:
        trace = hit.trace
        place = f"{safe(trace.path, 400)}{f':{trace.line}' if trace.line else ''}"
        when = trace.at.replace("T", " ").replace("Z", " UTC") if trace.at else say(N_("time not known"))
        head = f"  {pad(say(RUNGS[rung]), 10)}{when}  {say(titles[trace.place])}"
        if trace.confidence is not Confidence.HIGH:
            head += f"  ({say(N_('confidence'))}: {say(CONFIDENCES[trace.confidence])})"
        yield head
        yield f"    {shorten_path(place, max(context.width * 2, 120) - 4)}"
        if trace.detail.template:
            yield from wrap(say.message(trace.detail, safe), context.width, "    ", "    ")
    if len(shown) < len(hits):
        yield "    " + say(N_("... and {n} more places (--all)"), {"n": len(hits) - len(shown)})


def _matrix(by_thing: dict[tuple[str, str], list[Hit]], context: Context) -> Iterator[str]:
    say = context.translate
    names = [shorten_path(f"{world}:{safe(name, 120)}", 44) for world, name in by_thing]
    wide = max(cells(name) for name in names) + 2
    heads = [say(RUNGS[rung]) for rung in Rung]
    yield pad("", wide) + "  ".join(heads)
    for name, hits in zip(names, by_thing.values(), strict=True):
        counts = [sum(hit.trace.rung is rung for hit in hits) for rung in Rung]
        yield pad(name, wide) + "  ".join(
            " " * (cells(head) - len(str(count or "·"))) + (str(count) if count else "·")
            for head, count in zip(heads, counts, strict=True)
        )


def _looked(hunted: Hunted, titles: dict[str, str], context: Context) -> Iterator[str]:
    say = context.translate
    hits: dict[str, int] = {}
    for hit in hunted.hits:
        hits[hit.trace.place] = hits.get(hit.trace.place, 0) + 1
    there = [one for one in hunted.looked if one.count]
    yield say(N_("Looked at:"))
    for one in there:
        count = hits.get(one.place, 0)
        found = say.count(N_("{n} trace"), N_("{n} traces"), count) if count else say(N_("nothing found"))
        yield f"  {say(titles[one.place])} ({one.count:,}): {found}"
    if not there:
        yield f"  {say(N_('nothing'))}"
    yield from _names(N_("Not there:"), [one for one in hunted.looked if not one.count and one.asked], titles, context)
    yield from _names(
        N_("Not looked at (use --host, or name them):"),
        [one for one in hunted.looked if not one.count and not one.asked], titles, context,
    )  # fmt: skip


def _names(head: str, rows: Sequence[Looked], titles: dict[str, str], context: Context) -> Iterator[str]:
    if rows:
        say = context.translate
        yield say(head)
        yield from wrap("; ".join(say(titles[one.place]) for one in rows), context.width, "  ", "  ")


def _gaps(hunted: Hunted, context: Context) -> Iterator[str]:
    say = context.translate
    whole = [gap for gap in hunted.gaps if not gap.partial]
    partial = [gap for gap in hunted.gaps if gap.partial]
    if whole:
        yield say(N_("Could not be looked at:"))
        if context.verbose:
            for gap in whole:
                yield f"  {safe(gap.subject, 400)}: {say.message(gap.reason, safe)}"
        else:
            for group in gap_groups(whole):
                yield f"  {gap_names(group, say)}: {say.message(group.reason, safe)}"
    for group in gap_groups(partial) if partial and not context.quiet else ():
        remark = paint(say(N_("remark")), DIM, on=context.colour)
        yield f"  {remark}: {gap_names(group, say)}: {say.message(group.reason, safe)}"


def _summary(hunted: Hunted, context: Context) -> Iterator[str]:
    say = context.translate
    yield ""
    text = N_(
        "{projects} folders with manifests, {folders} folders, {files} files listed, in {seconds} s; "
        "{sought} names and values sought ({what}); intelligence of {intel}."
    )
    what = ", ".join((*hunted.campaigns[:6], *hunted.given[:6])) + (
        " ..." if len(hunted.campaigns) > 6 or len(hunted.given) > 6 else ""
    )
    params = {
        "projects": f"{hunted.projects:,}", "folders": f"{hunted.folders:,}", "files": f"{hunted.files:,}",
        "seconds": f"{hunted.seconds:.1f}", "sought": f"{hunted.sought:,}", "what": what, "intel": hunted.intel,
    }  # fmt: skip
    yield from wrap(say(text, params, safe), context.width)
    never = "; ".join(say.message(message, safe) for message in hunted.limits)
    if never:
        yield from wrap(f"{say(N_('Never looked at:'))} {never}.", context.width)
    if hunted.interrupted:
        yield from wrap(say(N_("Interrupted: go on with the same command and --resume.")), context.width)


def exposure_text(machines: Sequence[Machine], context: Context) -> str:
    """Render the exposure of a fleet: what by machine, the highest rung of each."""
    return "".join(f"{line}\n" for line in _exposure(machines, context))


def _exposure(machines: Sequence[Machine], context: Context) -> Iterator[str]:
    say = context.translate
    rung = highest(machines)
    hit = [machine for machine in machines if machine.hits]
    yield paint(say(HEADLINES[rung]), BOLD, on=context.colour)
    text = N_("{hit} of {all} machines have traces; {incomplete} were not looked at completely.")
    incomplete = sum(not machine.complete for machine in machines)
    yield say(text, {"hit": len(hit), "all": len(machines), "incomplete": incomplete})
    for what, row in matrix(machines).items():
        yield ""
        top = max(row.values())
        yield f"{paint(safe(what, 160), BOLD, on=context.colour)}  {_ladder(top, context)}"
        for name, reached in sorted(row.items(), key=lambda item: (-item[1], item[0])):
            yield f"  {pad(say(RUNGS[reached]), 12)}{safe(name, 80)}"
    yield ""
    for machine in machines:
        state = say(N_("complete")) if machine.complete else say(N_("incomplete"))
        traces = say.count(N_("{n} trace"), N_("{n} traces"), len(machine.hits))
        yield f"{safe(machine.name, 80)}  {machine.at}  {traces}  {state}"
