"""`lazaretto gate`: the registry firewall. Here: the group, `serve`, and what its commands have in common."""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lazaretto.cli import options as o
from lazaretto.cli.session import Session
from lazaretto.model.text import N_, Message
from lazaretto.reports.exits import NOTHING, USAGE

if TYPE_CHECKING:
    from lazaretto.gate.settings import Settings

ADMIN_TOKEN = "LAZARETTO_GATE_ADMIN_TOKEN"  # noqa: S105 - the name of a variable
PORT = 8473
"""`gate serve` listens here unless told otherwise: a fixed port, because client configuration names it."""


def option(*names: str, **settings: o.Value) -> Callable[[o.F], o.F]:
    """Like `options.option`; its environment twin begins with LAZARETTO_GATE_: other commands have such names, too."""
    long = next(name for name in names if name.startswith("--"))
    variable = "LAZARETTO_GATE_" + long[2:].replace("-", "_").upper()
    return o.option(*names, **{"variable": variable, **settings})


POLICY = option(
    "--policy",
    "policy",
    group=o.POLICY,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=N_("The policy (TOML). Default: the built-in one."),
)
STORE = option(
    "--store",
    "store",
    group=o.INPUT,
    metavar="PLACE",
    default="",
    help=N_("The gate's store: a path or a PostgreSQL URL. Default: a file in your data folder."),
)
INTEL = option(
    "--intel",
    "intel",
    group=o.INPUT,
    metavar="PLACE",
    default="",
    variable="LAZARETTO_STORE",
    help=N_("The intelligence store: a path, a database URL, or off."),
)
UPSTREAMS = o.apply(
    option(
        "--npm",
        "npm_url",
        group=o.INPUT,
        metavar="URL",
        default="",
        help=N_("The npm registry behind the gate. Default: the one that your npm is configured with."),
    ),
    option(
        "--pypi",
        "pypi_url",
        group=o.INPUT,
        metavar="URL",
        default="",
        help=N_("The Python index behind the gate. Default: the one that your pip or uv is configured with."),
    ),
)
CACHE = o.apply(
    option(
        "--cache",
        "cache",
        group=o.WORK,
        metavar="FOLDER",
        type=click.Path(file_okay=False, path_type=Path),
        help=N_("Where files are kept. Default: your cache folder."),
    ),
    option(
        "--cache-size", "cache_bytes", group=o.WORK, metavar="N", type=o.Size(), default="4G", help=N_("Its bytes.")
    ),
    option(
        "--offline", "offline", group=o.WORK, is_flag=True, help=N_("Serve what is cached and allowed, ask nobody.")
    ),
    option(
        "--jobs",
        "jobs",
        group=o.WORK,
        metavar="N",
        type=click.IntRange(min=0),
        default=0,
        help=N_("Examinations at a time; 0 = one for each processor."),
    ),
)
COMMON = o.apply(POLICY, STORE, INTEL, UPSTREAMS, CACHE)


@click.group(
    cls=o.Group,
    name="gate",
    no_args_is_help=True,
    help=N_(
        "A registry firewall for pip, uv, poetry, pdm, npm, pnpm, yarn and bun: what the policy refuses never arrives."
    ),
)
def gate() -> None:
    """Group the commands about the gate."""


def settings_of(values: dict[str, o.Value], **more: o.Value) -> "Settings":
    """Make the gate's settings from the command line's values.

    Raises:
        click.UsageError: an upstream's address is none, or none is known.
    """
    from lazaretto.adapters.http_client import ClientConfig
    from lazaretto.adapters.upstreams import found_upstreams, upstream
    from lazaretto.gate.saved import behind
    from lazaretto.gate.settings import Settings

    environment = dict(os.environ)
    named = {"npm": values["npm_url"], "pypi": values["pypi_url"]}
    found = [] if all(named.values()) else behind(gate_folder(environment), found_upstreams(environment))
    upstreams = [one for one in found if not named[one.ecosystem]]
    for ecosystem, url in named.items():
        if url:
            like = next(
                (one.http for one in found if one.ecosystem == ecosystem), ClientConfig(environment=environment)
            )
            try:
                upstreams.append(upstream(ecosystem, ecosystem, url, like))
            except ValueError as error:
                raise click.UsageError(str(error)) from error
    return Settings(
        upstreams=tuple(upstreams),
        policy_file=values["policy"],
        store=values["store"],
        intel=values["intel"],
        cache=values["cache"],
        cache_bytes=values["cache_bytes"],
        offline=values["offline"],
        jobs=values["jobs"],
        **more,
    )


def gate_folder(environment: Mapping[str, str]) -> Path:
    """Return where the gate keeps what it changed in other programs' files."""
    from lazaretto.adapters.store.place import folder

    return folder(environment) / "gate-clients"


def has_gate(session: Session) -> bool:
    """Tell whether the gate's libraries are installed; say what to do when they are not."""
    from importlib.util import find_spec

    if find_spec("aiohttp") is not None and find_spec("prometheus_client") is not None:
        return True
    session.fail(
        Message.of(N_("the gate's libraries are not installed")),
        Message.of(N_("install them: pip install lazaretto[gate]")),
    )
    return False


@click.command(
    cls=o.Command,
    help=N_(
        "Serve npm and Python packages on this machine, as the policy allows.\n\n"
        "npm, pnpm, yarn and bun are pointed at the address itself, Python clients at the address and /simple/. "
        "`lazaretto gate install` does it for you."
    ),
)
@option("--host", group=o.INPUT, default="127.0.0.1", show_default=True, help=N_("Address to listen at."))
@option(
    "--port",
    group=o.INPUT,
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help=N_("Port to listen at; 0 = any free one."),
)
@COMMON
@option(
    "--public-url",
    "public_url",
    group=o.INPUT,
    metavar="URL",
    default="",
    help=N_("How clients reach the gate, when that is not the address they name (behind a load balancer)."),
)
@option(
    "--access-log",
    "access_log",
    group=o.ANSWER,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help=N_("Write a JSON line for each request; - is standard error."),
)
@o.LANG
@o.QUIET
@click.pass_obj
def serve(session: Session, /, **values: o.Value) -> int:
    """Serve until told to stop; return the exit code."""
    session.quiet = values["quiet"]
    if not has_gate(session):
        return USAGE
    import asyncio

    settings = settings_of(
        values,
        host=values["host"],
        port=values["port"],
        public_url=values["public_url"],
        access_log=values["access_log"],
        admin_token=os.environ.get(ADMIN_TOKEN, ""),
    )
    return asyncio.run(_serve(session, settings))


async def _serve(session: Session, settings: "Settings") -> int:
    import asyncio

    from lazaretto.gate.server import serving
    from lazaretto.gate.state import announced

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
    try:
        async with serving(settings) as running:
            with announced(running.url):
                session.say(N_("the gate listens at {url} (Python: {url}/simple/)"), {"url": running.url})
                for one in running.keeper.sources.upstreams:
                    session.say(
                        N_("{ecosystem} comes from the upstream {id}"), {"ecosystem": one.ecosystem, "id": one.id}
                    )
                if not settings.admin_token:
                    session.say(
                        N_("no {variable}: log and approvals are not served over HTTP"), {"variable": ADMIN_TOKEN}
                    )
                await stop.wait()
                session.say(N_("the gate stops; what was decided is in its store"))
    except OSError as error:
        session.fail(
            Message.of(
                N_("the gate cannot listen at {host}:{port}: {error}"),
                {"host": settings.host, "port": settings.port, "error": error.strerror or error},
            ),
            Message.of(N_("choose another port with --port, or see what runs there")),
        )
        return USAGE
    return NOTHING
