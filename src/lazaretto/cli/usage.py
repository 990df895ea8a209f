"""What was wrong with a command line, in the user's language (click's own sentences are English)."""

import re

import click

from lazaretto.cli.options import Size
from lazaretto.model.text import N_
from lazaretto.reports.i18n import Translator

_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL)


def told(error: click.ClickException, say: Translator) -> str:
    """Return the sentence; click's own one for what we have no words for."""
    if isinstance(error, click.NoSuchOption):
        text = say(N_("No such option: {name}"), {"name": error.option_name})
        names = ", ".join(error.possibilities or ())
        return f"{text}; {say(N_('did you mean {names}?'), {'names': names})}" if names else text
    if isinstance(error, click.MissingParameter):
        name = error.param.make_metavar(error.ctx) if error.param and error.ctx else "?"
        return say(N_("{name} is missing"), {"name": name})
    if isinstance(error, click.BadOptionUsage):
        needs, none = N_("option {name} needs a value"), N_("option {name} takes no value")
        return say(needs if "requires an argument" in error.message else none, {"name": error.option_name})
    if isinstance(error, click.BadParameter) and error.param is not None:
        return say(N_("{name}: {reason}"), {"name": _name(error, error.param), "reason": _reason(error, say)})
    extra = _EXTRA.match(error.message)
    if extra is not None:
        return say(N_("too many arguments: {names}"), {"names": extra[1]})
    return error.format_message()


def _name(error: click.BadParameter, parameter: click.Parameter) -> str:
    """Name what was wrong as the user wrote it: the option, or the environment variable that stands for it."""
    source = error.ctx.get_parameter_source(parameter.name or "") if error.ctx is not None else None
    if source is click.core.ParameterSource.ENVIRONMENT:
        return str(parameter.envvar)
    return next((name for name in parameter.opts if name.startswith("--")), parameter.human_readable_name)


def _reason(error: click.BadParameter, say: Translator) -> str:
    kind = error.param.type if error.param is not None else None
    value, is_not, _ = error.message.partition(" is not ")
    if not is_not:
        return error.message
    match kind:
        case click.Choice():
            choices = ", ".join(str(choice) for choice in kind.choices)
            return say(N_("{value} is not one of {choices}"), {"value": value, "choices": choices})
        case click.IntRange():
            return say(N_("{value} is not a whole number of at least {least}"), {"value": value, "least": kind.min})
        case click.FloatRange():
            return say(N_("{value} is not a number of at least {least}"), {"value": value, "least": kind.min})
        case Size():
            return say(N_("{value} is not a size; write bytes or 64M, 2G"), {"value": value})
    return error.message
