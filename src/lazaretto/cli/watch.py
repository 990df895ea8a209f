"""`lazaretto watch`: what do developer tools do on this computer, as it happens? Here: the group, `start`, `replay`."""

import json
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lazaretto.cli import options as o
from lazaretto.cli.output import mute_stdout, wants_colour
from lazaretto.cli.session import Session, encoding
from lazaretto.model.finding import Severity
from lazaretto.model.text import N_, Message
from lazaretto.reports.exits import MALICIOUS, NOTHING, SUSPICIOUS
from lazaretto.reports.safe import fit

if TYPE_CHECKING:
    from lazaretto.model.host import Alert

FORMATS = ("text", "jsonl", "ocsf")


def option(*names: str, **settings: o.Value) -> Callable[[o.F], o.F]:
    """Like `options.option`; its environment twin begins with LAZARETTO_WATCH_."""
    long = next(name for name in names if name.startswith("--"))
    variable = "LAZARETTO_WATCH_" + long[2:].replace("-", "_").upper()
    return o.option(*names, **{"variable": variable, **settings})


class Group(o.Group):
    """A group whose first command is meant when none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `start` in front of options."""
        if not args or (args[0].startswith("-") and args[0] not in ("-h", "--help")):
            args = ["start", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=Group,
    name="watch",
    help=N_(
        "What do developer tools do on this computer, as it happens? Installations, builds, editors and git hooks are "
        "followed, and what they should not do is told at once: by which package, in which phase, to whom.\n\n"
        "Without a command: start. Nothing is stopped or changed unless you say --respond."
    ),
)
def watch() -> None:
    """Group."""


FOLDER = option(
    "--folder",
    "folder",
    group=o.INPUT,
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help=N_("Where open alerts and the list of bait lie. Default: your data folder."),
)
MUTE = option(
    "--mute", "muted", group=o.POLICY, multiple=True, metavar="RULE", help=N_("Switch a rule off; may be repeated.")
)
FORM = option(
    "--format", "format_name", group=o.ANSWER, type=click.Choice(FORMATS), default="text", show_default=True,
    help=N_("Form of the alerts."),
)  # fmt: skip
LEAST = option(
    "--least",
    "least",
    group=o.ANSWER,
    type=click.Choice([one.name.lower() for one in Severity]),
    default="medium",
    show_default=True,
    help=N_("Lowest severity that is printed."),
)


SIGMA = option(
    "--sigma", "sigma", group=o.POLICY, multiple=True, metavar="PATH", type=click.Path(path_type=Path),
    help=N_("Also run the Sigma rules of this folder or file; may be repeated."),
)  # fmt: skip
NO_SIGMA = option(
    "--no-sigma", "no_sigma", group=o.POLICY, is_flag=True, help=N_("Run no Sigma rules, our own neither.")
)
STREAM_IDS = ("auditd", "eslogger", "falco", "laurel", "osquery", "sysmon", "tetragon")


OUTLETS = o.apply(
    option(
        "--json-file", "json_file", group=o.ANSWER, metavar="FILE", help=N_("Append alerts to a file of JSON lines.")
    ),
    option(
        "--syslog", "syslog", group=o.ANSWER, metavar="WHERE",
        help=N_("Send alerts to syslog: local, udp:HOST:PORT or tcp:HOST:PORT."),
    ),
    option("--webhook", "webhook", group=o.ANSWER, metavar="URL", help=N_("Post alerts to a web address.")),
    option(
        "--respond", "respond", group=o.POLICY, type=click.Choice(("notify", "suspend", "kill", "block-net")),
        help=N_("What is done about an alert, within its own tree only. Default: nothing."),
    ),
)  # fmt: skip


@watch.command(cls=o.Command, help=N_("Watch until interrupted."))
@FOLDER
@option("--no-state", "no_state", group=o.INPUT, is_flag=True, help=N_("Keep no open alerts, and no lock."))
@option(
    "--sensor", "sensors", group=o.INPUT, multiple=True, metavar="ID",
    help=N_("Only this sensor; may be repeated. Default: the best that run here."),
)  # fmt: skip
@option(
    "--registry", "registries", group=o.INPUT, multiple=True, metavar="HOST",
    help=N_("A host that packages may come from, besides those that your clients are set up for."),
)  # fmt: skip
@option(
    "--stream", "streams", group=o.INPUT, multiple=True, metavar="ID=PATH",
    help=N_(
        "Read what another sensor saw (auditd, eslogger, falco, laurel, osquery, sysmon, tetragon) from a file that "
        "grows, a pipe or - (standard input). No sensor of ours runs then, unless it is named."
    ),
)  # fmt: skip
@option("--record", "record", group=o.ANSWER, metavar="FILE", help=N_("Write what sensors see as a recording."))
@FORM
@LEAST
@MUTE
@SIGMA
@NO_SIGMA
@option(
    "--seconds", "seconds", group=o.WORK, type=click.FloatRange(min=0.1), metavar="N", help=N_("End after N seconds.")
)
@OUTLETS
@option("--ocsf", "ocsf", group=o.ANSWER, is_flag=True, help=N_("Files, syslog and web addresses get OCSF."))
@option("--desktop", "desktop", group=o.ANSWER, is_flag=True, help=N_("Show HIGH alerts on the desktop."))
@option(
    "--respond-least",
    "respond_least",
    group=o.POLICY,
    default="high",
    show_default=True,
    type=click.Choice([one.name.lower() for one in Severity]),
    help=N_("Lowest severity that is answered."),
)
@option(
    "--allow",
    "allowed",
    group=o.POLICY,
    multiple=True,
    metavar="NAME",
    help=N_("A rule, package (npm:NAME) or program (path) about which nothing is done; may be repeated."),
)
@option("--dry-run", "dry_run", group=o.POLICY, is_flag=True, help=N_("Only say what would be done."))
@option("--drill", "drill", group=o.WORK, is_flag=True, help=N_("Count 127.66.0.0/16 as outside: for exercises."))
@o.LANG
@o.COLOR
@o.QUIET
@click.pass_obj
def start(session: Session, /, **values: o.Value) -> int:
    """Watch and return the exit code."""
    session.quiet = values["quiet"]
    stopped: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: stopped.append(received))
    printer = Printer(session, values)
    try:
        tally = session.app.watch(values, printer.tell, printer.note, lambda: bool(stopped) or printer.gone)
    except KeyboardInterrupt:
        return printer.code
    printer.end(tally)
    return printer.code


@watch.command(cls=o.Command, help=N_("Run the rules over a recording; - is standard input."))
@click.argument("path", metavar="FILE")
@option(
    "--logged-by", "logged_by", group=o.INPUT, type=click.Choice(STREAM_IDS), metavar="ID",
    help=N_("The file is no recording of ours but the log of this other sensor."),
)  # fmt: skip
@FORM
@LEAST
@MUTE
@SIGMA
@NO_SIGMA
@o.LANG
@o.COLOR
@o.QUIET
@click.pass_obj
def replay(session: Session, /, path: str, **values: o.Value) -> int:
    """Replay and return the exit code."""
    session.quiet = values["quiet"]
    printer = Printer(session, values)
    tally = session.app.watch_replay(path, values, printer.tell, printer.note)
    printer.end(tally)
    return printer.code


class Printer:
    """Writes alerts to standard output as they come."""

    def __init__(self, session: Session, values: dict[str, Any]) -> None:
        self._session = session
        self._format = values["format_name"]
        self._least = Severity[values["least"].upper()]
        self._context = session.context(
            colour=wants_colour(values["color"], sys.stdout, session.environ),
            width=max(50, min(140, shutil.get_terminal_size((100, 24)).columns)),
        )
        self.gone = False
        """Nobody reads any more."""
        self.code = NOTHING

    def tell(self, alert: "Alert") -> None:
        """Write one alert."""
        from lazaretto.reports.watch import document, lines, ocsf

        if alert.finding.severity < self._least:
            return
        grave = alert.finding.severity >= Severity.HIGH
        self.code = max(self.code, MALICIOUS if grave else SUSPICIOUS)
        if self._format == "text":
            self._write("\n".join(lines(alert, self._context)) + "\n")
        else:
            told = document(alert)
            self._write(json.dumps(ocsf(told, self._context.version) if self._format == "ocsf" else told) + "\n")

    def note(self, message: Message) -> None:
        """Say something beside the alerts."""
        self._session.say("{text}", {"text": self._session.translate.message(message)})

    def end(self, tally: Any) -> None:  # noqa: ANN401 - `app.watch.Tally`, not loaded for a help page
        """Say what was seen in all."""
        from lazaretto.reports.watch import last_line

        for line in last_line(tally, self._context):
            self._session.say("{text}", {"text": line})

    def _write(self, text: str) -> None:
        try:
            sys.stdout.write(fit(text, encoding(sys.stdout)))
            sys.stdout.flush()
        except BrokenPipeError:
            mute_stdout()
            self.gone = True
