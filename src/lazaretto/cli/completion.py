"""`lazaretto completion`: the script that makes a shell complete our commands and options."""

import click
from click.shell_completion import get_completion_class

from lazaretto.cli import options as o
from lazaretto.cli.output import Output
from lazaretto.cli.session import Session
from lazaretto.model.text import N_

VARIABLE = "_LAZARETTO_COMPLETE"

_EPILOG = N_(
    'bash  eval "$(lazaretto completion bash)"           in ~/.bashrc\n'
    'zsh   eval "$(lazaretto completion zsh)"            in ~/.zshrc\n'
    "fish  lazaretto completion fish | source            in ~/.config/fish/config.fish"
)


@click.command(cls=o.Command, epilog=_EPILOG, help=N_("Print a completion script for a shell."))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@o.LANG
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print the script; click's own `source` would start the shell to ask its version, we start nothing."""
    kind = get_completion_class(shell)
    assert kind is not None
    maker = kind(context.find_root().command, {}, "lazaretto", VARIABLE)
    with Output(None, human=True) as output:
        output.write(maker.source_template % maker.source_vars() + "\n")
    assert isinstance(context.obj, Session)
    return 0
