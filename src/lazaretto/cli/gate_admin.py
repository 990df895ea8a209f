"""Asking a gate: `status`, `why`, `log`."""

import json
import re
import shutil
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from lazaretto.cli import options as o
from lazaretto.cli.gate import COMMON, STORE, has_gate, option, settings_of
from lazaretto.cli.output import Output, wants_colour
from lazaretto.cli.session import Session
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Outcome
from lazaretto.reports.exits import INCOMPLETE, MALICIOUS, NOTHING, SUSPICIOUS, USAGE

if TYPE_CHECKING:
    from lazaretto.model.gate import Candidate, Ruling
    from lazaretto.reports.context import Context

_FORMAT = o.option(
    "--format",
    "format_name",
    group=o.ANSWER,
    type=click.Choice(["text", "json"]),
    default="text",
    help=N_("Form of the answer."),
)
_ALL = o.option("--all", "show_all", group=o.ANSWER, is_flag=True, help=N_("Show everything."))
ANSWER = o.apply(_FORMAT, o.OUTPUT, _ALL, o.LANG, o.COLOR, o.QUIET)
_DURATION = re.compile(r"(\d{1,5})\s*([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
CODES = {Outcome.ALLOW: NOTHING, Outcome.QUARANTINE: SUSPICIOUS, Outcome.BLOCK: MALICIOUS}
"""Exit code by outcome."""


def duration(text: str) -> timedelta:
    """Read `12h`, `30d`, `2w`.

    Raises:
        click.UsageError: it is none.
    """
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None:
        raise click.UsageError(f"{text!r} is not a duration; write 12h, 30d or 2w")
    return int(match[1]) * _UNITS[match[2]]


def write(values: dict[str, o.Value], text: str | None, document: object) -> None:
    """Write an answer: `text` for people, `document` as JSON."""
    human = values["format_name"] == "text"
    with Output(values["output"], human=human) as output:
        output.write(str(text) if human else json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def context_of(session: Session, values: dict[str, o.Value]) -> "Context":
    """Return how to render for a terminal or a file."""
    tty = sys.stdout.isatty() and not values["output"]
    return session.context(
        colour=not values["output"] and wants_colour(values["color"], sys.stdout, session.environ),
        width=max(50, min(140, shutil.get_terminal_size((96, 24)).columns)) if tty else 96,
        show_all=values.get("show_all", False),
        quiet=values["quiet"],
    )


@click.command(cls=o.Command, help=N_("Does a gate run on this machine, and how is it?"))
@option("--url", "url", group=o.INPUT, metavar="URL", default="", help=N_("Ask this gate instead."))
@ANSWER
@click.pass_obj
def status(session: Session, /, **values: o.Value) -> int:
    """Ask the running gate."""
    from lazaretto.adapters.http_client import ClientConfig, Fetcher, FetchError
    from lazaretto.gate.state import running
    from lazaretto.reports.gate import status as render

    session.quiet = values["quiet"]
    url = values["url"] or str(running(session.environ).get("url", ""))
    state: dict[str, object] = {}
    if url:
        fetcher = Fetcher(ClientConfig(), seconds=5.0)
        try:
            _, _, body = fetcher.get(f"{url.rstrip('/')}/-/lazaretto/status", 1 << 20)
            state = json.loads(body)
        except (FetchError, ValueError) as error:
            session.fail(Message.of(N_("the gate at {url} does not answer: {error}"), {"url": url, "error": error}))
            return INCOMPLETE
        finally:
            fetcher.close()
    write(values, render(state, context_of(session, values)), state)
    return NOTHING if state.get("ok") else INCOMPLETE


@click.command(
    cls=o.Command,
    help=N_(
        "What does the policy say of a package, and why? PACKAGE is npm:NAME@VERSION, pypi:NAME==VERSION or a purl; "
        "without a version all of them. Its registry is asked; no file is fetched."
    ),
)
@click.argument("package", metavar="[PACKAGE]", required=False)
@option("--case", "case", group=o.INPUT, metavar="ID", default="", help=N_("A case id from a refusal instead."))
@option("--team", "team", group=o.INPUT, metavar="NAME", default="", help=N_("As this team sees it."))
@COMMON
@ANSWER
@click.pass_obj
def why(session: Session, /, package: str | None, **values: o.Value) -> int:
    """Explain and return the exit code of the outcome."""
    from lazaretto.reports.gate import log as render_log
    from lazaretto.reports.gate import why as render

    session.quiet = values["quiet"]
    if bool(package) == bool(values["case"]):
        raise click.UsageError("name one package, or one case with --case")
    if not has_gate(session):
        return USAGE
    context = context_of(session, values)
    if values["case"]:
        from lazaretto.adapters.gate_store.store import GateStore
        from lazaretto.gate.rows import decided_row

        found = GateStore(values["store"]).find_case(values["case"].upper())
        write(values, render_log(found, context), [decided_row(one) for one in found])
        return CODES[found[0].outcome] if found else INCOMPLETE
    import asyncio

    from lazaretto.gate.rows import candidate_row

    rulings, newest, policy = asyncio.run(_rulings(str(package), values))
    rows = [candidate_row(candidate, ruling, policy) for candidate, ruling in rulings]
    write(values, render(rulings, newest, context), {"newest_allowed": newest, "files": rows})
    return CODES[max((ruling.outcome for _, ruling in rulings), default=Outcome.BLOCK)]


async def _rulings(package: str, values: dict[str, o.Value]) -> "tuple[list[tuple[Candidate, Ruling]], str, str]":
    from lazaretto.adapters.gate_upstream import UpstreamError
    from lazaretto.adapters.registry import parse_package
    from lazaretto.adapters.target import TargetError
    from lazaretto.gate.keeper import Keeper
    from lazaretto.gate.paths import canonical
    from lazaretto.gate.refusal import Refusal

    ecosystem, name, version, _ = parse_package(package)
    name = name if ecosystem == "npm" else canonical(name)
    async with Keeper.opened(settings_of(values)) as keeper:
        try:
            keeper.refuse_internal(ecosystem, name)
            found = await keeper.ruling(ecosystem, name, values["team"], version)
            table = await keeper.table(ecosystem, name, values["team"])
        except (Refusal, UpstreamError) as error:
            text = error.text if isinstance(error, Refusal) else str(error)
            raise TargetError(N_("{package}: {error}"), {"package": package, "error": text}) from error
        if not found:
            raise TargetError(N_("the registry has no such version: {package}"), {"package": package})
        return found, table.newest_allowed(), keeper.policy_digest


@click.command(cls=o.Command, help=N_("What was decided, newest first."))
@option("--since", "since", group=o.INPUT, metavar="TIME", default="7d", show_default=True, help=N_("12h, 30d, 2w."))
@option(
    "--outcome",
    "outcome",
    group=o.INPUT,
    type=click.Choice(["allow", "quarantine", "block"]),
    help=N_("Only these decisions."),
)
@option("--clause", "clause", group=o.INPUT, metavar="ID", default="", help=N_("Only those of this clause."))
@option("--package", "package", group=o.INPUT, metavar="PURL", default="", help=N_("Only purls that begin so."))
@option(
    "--limit",
    "limit",
    group=o.ANSWER,
    type=click.IntRange(1, 100_000),
    default=50,
    show_default=True,
    help=N_("At most so many."),
)
@STORE
@option(
    "--format",
    "format_name",
    variable="LAZARETTO_FORMAT",
    group=o.ANSWER,
    type=click.Choice(["text", "json", "jsonl", "syslog", "otlp"]),
    default="text",
    help=N_("Form of the answer; jsonl, syslog and otlp are for other tools."),
)
@o.OUTPUT
@o.LANG
@o.COLOR
@o.QUIET
@option(
    "-v",
    "--verbose",
    variable="LAZARETTO_VERBOSE",
    group=o.OTHER,
    is_flag=True,
    help=N_("Tell the reasons of allowed files, too."),
)
@click.pass_obj
def log(session: Session, /, **values: o.Value) -> int:
    """Print decisions."""
    from lazaretto.adapters.gate_store.decisions import Query
    from lazaretto.adapters.gate_store.store import GateStore
    from lazaretto.reports import gate as people
    from lazaretto.reports import gate_log as programs

    session.quiet = values["quiet"]
    now = session.now()
    outcome = Outcome[values["outcome"].upper()] if values["outcome"] else None
    query = Query(
        since=now - duration(values["since"]), outcome=outcome, clause=values["clause"], purl=values["package"]
    )
    store = GateStore(values["store"])
    try:
        found = list(store.decisions(query, limit=values["limit"]).decisions)
    finally:
        store.close()
    kind = values["format_name"]
    context = context_of(session, {**values, "show_all": True})
    from dataclasses import replace

    with Output(values["output"], human=kind == "text") as output:
        if kind == "text":
            output.write(people.log(found, replace(context, verbose=values["verbose"])))
        elif kind == "jsonl":
            output.write("".join(programs.json_line(one) + "\n" for one in found))
        elif kind == "json":
            output.write(json.dumps([programs.facts(one) for one in found], indent=2, ensure_ascii=False) + "\n")
        elif kind == "otlp":
            from lazaretto import __version__

            output.write(programs.otlp(found, {"service.name": "lazaretto-gate"}, now, __version__) + "\n")
        else:
            import socket

            host = socket.gethostname()
            output.write("".join(programs.syslog(one, host) + "\n" for one in found))
    return NOTHING
