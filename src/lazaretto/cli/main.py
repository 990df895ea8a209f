"""The command line: the group of commands, and the outermost handler that turns every end into an exit code."""

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Sequence

import click

from lazaretto import __version__
from lazaretto.cli import options as o
from lazaretto.cli import usage
from lazaretto.cli.brief import brief
from lazaretto.cli.check import check
from lazaretto.cli.completion import VARIABLE, completion
from lazaretto.cli.diff import diff
from lazaretto.cli.doctor import doctor as doctor_of_all
from lazaretto.cli.gate import gate, serve
from lazaretto.cli.gate_admin import log, status, why
from lazaretto.cli.gate_decide import approvals, approve, policy, revoke
from lazaretto.cli.gate_exec import execute
from lazaretto.cli.gate_setup import doctor, install, relock, uninstall
from lazaretto.cli.hunt import hunt
from lazaretto.cli.intel import intel
from lazaretto.cli.intel_export import export
from lazaretto.cli.intel_learn import learn
from lazaretto.cli.inventory import inventory
from lazaretto.cli.offer import offer
from lazaretto.cli.output import PipeClosedError, mute_stdout
from lazaretto.cli.rules import explain, rules
from lazaretto.cli.run import run
from lazaretto.cli.session import Session, encoding
from lazaretto.cli.watch import watch
from lazaretto.cli.watch_more import COMMANDS
from lazaretto.model.text import N_, Message
from lazaretto.reports.exits import CRASH, INCOMPLETE, INTERRUPTED, USAGE
from lazaretto.reports.i18n import LANGUAGES
from lazaretto.reports.safe import clean, fit, safe

_EPILOG = N_("Nothing in a target is ever executed, and nothing leaves this computer unless you say --online.")


@click.group(
    cls=o.Group,
    name="lazaretto",
    epilog=_EPILOG,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=N_("Quarantine station for npm and PyPI packages, take-home repositories and the job offers they come with."),
)
@o.LANG
@click.version_option(__version__, "-V", "--version", message="lazaretto %(version)s", help=N_("Print the version."))
def cli() -> None:
    """The program."""


for part in COMMANDS:
    watch.add_command(part)
for part in (learn, export):
    intel.add_command(part)
for part in (serve, execute, why, status, log, approve, revoke, approvals, policy, install, uninstall, doctor, relock):
    gate.add_command(part)
_COMMANDS: tuple[click.Command, ...] = (
    check,
    offer,
    run,
    watch,
    diff,
    gate,
    hunt,
    inventory,
    intel,
    brief,
    rules,
    explain,
    doctor_of_all,
    completion,
)
for command in _COMMANDS:
    cli.add_command(command)


def main(arguments: Sequence[str], session: Session | None = None) -> int:
    """Run a command line and return its exit code. Never raises, never prints a traceback unless asked to.

    Errors that carry a `message` for the user (`ConfigError`, `OutputError`, `TargetError`) are told with it; their
    exit code is 2, or 3 when they say that they leave something unexamined (`exit_kind == "incomplete"`).
    """
    session = session or Session()
    try:
        session.speak(_language(arguments))
        result = cli.main(
            list(arguments), prog_name="lazaretto", complete_var=VARIABLE, standalone_mode=False, obj=session
        )
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        with contextlib.suppress(OSError):  # nobody listens
            click.echo(fit(error.format_message(), encoding(sys.stderr)), err=True)
        return USAGE
    except click.ClickException as error:
        return _usage(session, error)
    except (KeyboardInterrupt, click.Abort):
        session.say(N_("interrupted; what is not in the answer was not checked"))
        return INTERRUPTED
    except (PipeClosedError, BrokenPipeError):
        mute_stdout()
        return session.code or INCOMPLETE
    except Exception as error:  # noqa: BLE001 - the outermost edge
        return _failure(session, error)


def _usage(session: Session, error: click.ClickException) -> int:
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context is not None else "lazaretto"
    text = clean(usage.told(error, session.translate))
    session.fail(Message.of("{text}", {"text": text}), Message.of(N_("see {command} --help"), {"command": command}))
    return USAGE


def _failure(session: Session, error: Exception) -> int:
    if os.environ.get("LAZARETTO_DEBUG"):
        traceback.print_exc()
    message = getattr(error, "message", None)
    if isinstance(message, Message):
        hint = getattr(error, "hint", None)
        session.fail(message, hint if isinstance(hint, Message) else None)
        return INCOMPLETE if getattr(error, "exit_kind", "") == "incomplete" else USAGE
    if isinstance(error, OSError) and error.filename is None and (error.errno in _UNWRITABLE or _stdout_is_gone()):
        mute_stdout()
        session.fail(Message.of(N_("the answer cannot be written: {error}"), {"error": error.strerror or error}))
        return USAGE
    session.fail(
        Message.of(
            N_("lazaretto itself failed ({error}); nothing can be said about the target"),
            {"error": safe(f"{type(error).__name__}: {error}")},
        ),
        Message.of(
            N_("please report it with this line and the version {version}; LAZARETTO_DEBUG=1 shows where it happened"),
            {"version": __version__},
        ),
    )
    return CRASH


_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBADF, errno.EIO)


def _stdout_is_gone() -> bool:
    """Tell whether the last flush of standard output failed (disk full, closed)."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        return False
    mute_stdout()
    return True


def _language(arguments: Sequence[str]) -> str | None:
    """Find `--lang` before click reads the line: help and errors are translated, too."""
    for number, argument in enumerate(arguments):
        if argument == "--":
            return None
        name, equals, value = argument.partition("=")
        if name == "--lang":
            value = value if equals else next(iter(arguments[number + 1 : number + 2]), "")
            return value if value in LANGUAGES else None
    return None
