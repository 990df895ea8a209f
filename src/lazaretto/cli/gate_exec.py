"""`lazaretto gate exec -- COMMAND`: one command behind a gate of its own."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from lazaretto.cli import options as o
from lazaretto.cli.gate import COMMON, has_gate, option, settings_of
from lazaretto.cli.session import Session
from lazaretto.model.text import N_, Message
from lazaretto.reports.exits import USAGE

PATIENCE = 840
"""Seconds for which a client may be kept waiting while a large file is examined for the first time."""
PATIENT = {
    "UV_HTTP_TIMEOUT": "900",
    "PIP_DEFAULT_TIMEOUT": "900",
    "POETRY_REQUESTS_TIMEOUT": "900",
    "PDM_REQUEST_TIMEOUT": "900",
    "npm_config_fetch_timeout": "900000",
    "pnpm_config_fetch_timeout": "900000",
    "YARN_HTTP_TIMEOUT": "900000",
}
"""Clients give up after 15 to 30 seconds of silence; a user's own setting wins."""


@click.command(
    "exec",
    cls=o.Command,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    help=N_(
        "Run one command of pip, uv, poetry, pdm, npm, pnpm, yarn or bun behind a gate of its own.\n\n"
        "lazaretto gate exec -- npm ci. What the policy refuses does not arrive, what would go past the gate is turned "
        "away, and the reasons are told. A refused package never ends with exit code 0."
    ),
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@COMMON
@option("--token", "token", group=o.POLICY, metavar="TOKEN", default="", help=N_("A team's token."))
@option(
    "--relock",
    "relock",
    group=o.WORK,
    is_flag=True,
    help=N_("Turn addresses in lockfiles to the gate while the command runs; they are put back afterwards."),
)
@option(
    "--open",
    "is_open",
    group=o.WORK,
    is_flag=True,
    help=N_("Let the command connect to other hosts as well; what goes past the gate is then not seen."),
)
@option(
    "--own-caches",
    "own_caches",
    group=o.WORK,
    is_flag=True,
    help=N_("Use your clients' own caches: what lies there already is used unasked."),
)
@o.LANG
@o.QUIET
@click.pass_obj
def execute(session: Session, /, command: tuple[str, ...], **values: o.Value) -> int:
    """Run the command and return its exit code, or 20 when it hid a refusal."""
    session.quiet = values["quiet"]
    if not has_gate(session):
        return USAGE
    from lazaretto.app.gate_exec import SHOWN, Job, told, user_folder
    from lazaretto.app.gate_exec import execute as run
    from lazaretto.app.gate_project import Escape
    from lazaretto.gate.background import in_background
    from lazaretto.gate.origins import origins
    from lazaretto.reports.safe import safe

    # once the command has ended nobody waits for an answer
    settings = settings_of(values, hold_seconds=float(PATIENCE), stop_seconds=0.5)

    def note(message: Message) -> None:
        session.say(message.template, dict(message.params))

    def escaped(escapes: Sequence[Escape]) -> bool:
        """Name what leads past the gate, and go on: what it asks is turned away."""
        for one in [one for one in escapes if one.beats][:SHOWN]:
            told = {"place": f"{one.path}:{one.line}", "what": session.translate.message(one.what, safe)}
            session.say(N_("leads past the gate: {place}: {what}"), told)
        return True

    with in_background(settings) as gate:
        environment = {**PATIENT, **os.environ}
        job = Job(
            argv=tuple(command),
            folder=Path.cwd(),
            environment=environment,
            base_url=gate.url,
            token=values["token"],
            closed=not values["is_open"],
            relock=values["relock"],
            state=user_folder(environment) / "gate",
            lasting=user_folder(environment) / "gate",
            own_caches=values["own_caches"],
            origins=origins(gate.keeper),
        )
        ran = run(job, lambda: list(gate.keeper.recorder.refused), note, escaped)
        recorder = gate.keeper.recorder
    lines = told(ran, recorder.hidden.values(), recorder.passes.get)
    for line in lines:
        session.fail(line.message, line.why)
    case = next((str(dict(line.message.params)["case"]) for line in lines if "case" in dict(line.message.params)), "")
    if case:
        session.say(N_("more about it: lazaretto gate why --case {case}"), {"case": case})
    return ran.exit_code
