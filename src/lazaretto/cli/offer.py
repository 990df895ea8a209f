"""`lazaretto offer`: is this recruiter and this job offer real?"""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from lazaretto.cli import options as o
from lazaretto.cli.offer_ask import QUESTIONS, answers_of, ask, paste, reply_of
from lazaretto.cli.output import Output, OutputError, wants_colour
from lazaretto.cli.session import Session
from lazaretto.model.offer import Claims, Offered, OfferGrade, Reply
from lazaretto.model.text import N_
from lazaretto.reports.exits import INCOMPLETE, MALICIOUS, NOTHING, SUSPICIOUS, FailOn
from lazaretto.reports.offer.catalog import FORMS

_EPILOG = N_(
    "Exit codes: 0 no known warning sign (that is not proof), 10 confirm first, 20 stop, 3 nothing could be read or a "
    "part could not, 2 usage."
)
_PASTED_BYTES = 160 << 20


@click.command(
    cls=o.Command,
    epilog=_EPILOG,
    help=N_(
        "Is this recruiter and this job offer real? Reads messages, mails, profiles and repositories; nothing of them "
        "is opened or executed. It judges the offer, never the person.\n\n"
        "FILE is a mail (.eml .msg .mbox), a pasted or exported chat, a page, a PDF, or a folder or archive with code; "
        "- is standard input. Without FILE on a terminal, you can paste the message."
    ),
)
@click.argument("files", metavar="[FILE]...", nargs=-1)
@o.option("--company", group=o.INPUT, default="", metavar="NAME", help=N_("The company that they say they are."))
@o.option(
    "--domain", group=o.INPUT, default="", metavar="DOMAIN",
    help=N_("The company's own domain, as you found it yourself."),
)  # fmt: skip
@o.option(
    "--recruiter-email", group=o.INPUT, default="", metavar="ADDRESS", help=N_("The address that they write from.")
)
@o.option(
    "--repo", group=o.INPUT, multiple=True, metavar="TARGET",
    help=N_("A repository, folder, archive or package of theirs, examined like check does; may be repeated."),
)  # fmt: skip
@o.option(
    "--profile", group=o.INPUT, default="", metavar="FILE", help=N_("The recruiter's profile: JSON or pasted text.")
)
@o.option(
    "--records", group=o.INPUT, default="", metavar="FILE",
    help=N_("Keys and policies of mail domains that you have, to check signatures offline: NAME TYPE VALUE lines."),
)  # fmt: skip
@o.option(
    "--answer", group=o.INPUT, multiple=True, metavar="QUESTION=yes|no",
    help=N_("Answer a question beforehand: already-ran, spoke-live, applied, on-careers-page, confirmed, badge, "
            "new-profile, browser-refused."),
)  # fmt: skip
@o.option(
    "--questions/--no-questions", group=o.INPUT, default=True, help=N_("Ask on a terminal what only you can know.")
)
@o.formats([form.name for form in FORMS], default="text")
@o.OUTPUT
@o.option(
    "--font",
    group=o.ANSWER,
    metavar="FILE",
    default="",
    help=N_("For PDF: a TrueType or OpenType font that has Hangul."),
)
@o.option(
    "--save", group=o.ANSWER, metavar="FOLDER", default="",
    help=N_("Keep what was given and the answer in this folder. Without it, nothing is stored."),
)  # fmt: skip
@o.FAIL_ON
@o.ONLINE
@o.option("-y", "--yes", group=o.WORK, is_flag=True, help=N_("With --online: do not ask before the network is used."))
@o.LANG
@o.COLOR
@o.QUIET
@click.pass_obj
def offer(session: Session, /, files: tuple[str, ...], **values: o.Value) -> int:
    """Look at an offer and return the exit code."""
    session.quiet = values["quiet"]
    terminal = sys.stdin.isatty() and sys.stderr.isatty()
    asking = values["questions"] and terminal
    pasted = b""
    if "-" in files:
        pasted = sys.stdin.buffer.read(_PASTED_BYTES)
        asking = False
    elif not files and not values["repo"] and not values["profile"] and not values["company"]:
        if not asking:
            raise click.UsageError(
                session.translate(N_("no offer; name a file, or - and give the message on standard input"))
            )
        pasted, files = paste(session.translate).encode("utf-8", "surrogateescape"), ("-",)
    answers = answers_of(_answers(session, values["answer"]))
    if asking:
        answers = ask(session.translate, answers)
    given: dict[str, object] = {
        "files": files,
        "pasted": pasted,
        "repositories": tuple(values["repo"]),
        "profile": values["profile"],
        "claims": Claims(values["company"], values["domain"], values["recruiter_email"]),
        "answers": answers,
        "records": values["records"],
        "now": session.now(),
        "online": values["online"] and _allowed(session, values, files, pasted, asking=terminal and "-" not in files),
    }
    offered = session.app.offer(given)
    _write(session, offered, values)
    if values["save"]:
        _save(session, offered, values["save"], files, pasted)
    return _code(offered, FailOn(values["fail_on"]))


def _answers(session: Session, given: tuple[str, ...]) -> dict[str, str]:
    known = {name.replace("_", "-") for name, _ in QUESTIONS}
    found = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or name not in known or reply_of(value) is Reply.UNKNOWN:
            raise click.UsageError(
                session.translate(
                    N_("--answer {text} is not understood; say QUESTION=yes or QUESTION=no"), {"text": one}
                )
            )
        found[name] = value
    return found


def _allowed(
    session: Session, values: Mapping[str, o.Value], files: tuple[str, ...], pasted: bytes, *, asking: bool
) -> bool:
    """List what would be asked of whom, and ask once."""
    claims = Claims(values["company"], values["domain"], values["recruiter_email"])
    given = {"files": files, "pasted": pasted, "claims": claims, "now": session.now()}
    try:
        questions = session.app.offer_questions(given)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    say = session.translate
    session.say(N_("--online would ask:") if questions else N_("--online would ask nobody: no domain is named"))
    for one in questions:
        session.say(N_("  {whom}: {what}"), {"whom": say(one.whom), "what": say(one.what)})
    if values["repo"]:
        session.say(N_("--online would fetch: {names}"), {"names": ", ".join(values["repo"])})
    session.say(N_("no text of any message leaves this computer"))
    if values["yes"] or not asking:
        return True
    sys.stderr.write(f"  {say(N_('Go on?'))} [y/n] ")
    sys.stderr.flush()
    return reply_of(sys.stdin.readline()) is Reply.YES


def _code(offered: Offered, fail_on: FailOn) -> int:
    grade = offered.verdict.grade
    if grade is OfferGrade.STOP and fail_on is not FailOn.NEVER:
        return MALICIOUS
    if grade is OfferGrade.CONFIRM and fail_on is FailOn.SUSPICIOUS:
        return SUSPICIOUS
    return NOTHING if offered.verdict.complete else INCOMPLETE


def _write(session: Session, offered: Offered, values: Mapping[str, o.Value]) -> None:
    form = next(one for one in FORMS if one.name == values["format_name"])
    if not form.module:
        _pdf(session, offered, values)
        return
    with Output(values["output"], human=form.human) as output:
        context = session.context(
            colour=form.name == "text"
            and not output.to_file
            and wants_colour(values["color"], sys.stdout, session.environ),
            width=_width(output),
            quiet=values["quiet"],
            ascii=output.plain,
        )
        output.write(form.render(offered, context))


def _pdf(session: Session, offered: Offered, values: Mapping[str, o.Value]) -> None:
    from lazaretto.reports.offer.blocks import blocks

    if values["output"] in (None, "-") and sys.stdout.isatty():
        raise click.UsageError(session.translate(N_("a PDF is not for the terminal: name a file with -o")))
    now = session.now()
    made = datetime(now.year, now.month, now.day, tzinfo=UTC)
    target = values["output"] or "-"
    try:
        session.app.pdf(blocks(offered, session.context()), target, values["font"], made)
    except OSError as error:
        raise OutputError(
            N_("{file} cannot be written: {error}"), file=target, error=error.strerror or error
        ) from error


def _width(output: Output) -> int:
    if output.to_file or not sys.stdout.isatty():
        return 96
    return max(50, min(110, shutil.get_terminal_size((96, 24)).columns))


def _save(session: Session, offered: Offered, folder: str, files: tuple[str, ...], pasted: bytes) -> None:
    """Keep the answer and what was given, readable by the owner only."""
    from lazaretto.reports.offer.json import render

    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        stamp = session.now().strftime("%Y%m%dT%H%M%SZ")
        kept = {f"{stamp}-answer.json": render(offered, session.context()).encode("utf-8")}
        if pasted:
            kept[f"{stamp}-pasted.txt"] = pasted
        index = {"files": [os.path.realpath(path) for path in files if path != "-"]}
        kept[f"{stamp}-given.json"] = json.dumps(index, ensure_ascii=True, indent=2).encode()
        for name, data in kept.items():
            with os.fdopen(os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(data)
    except OSError as error:
        raise OutputError(
            N_("{file} cannot be written: {error}"), file=folder, error=error.strerror or error
        ) from error
    session.say(N_("kept in {folder}"), {"folder": folder})
