"""The report formats of `run`. A new format is one module and one line in `FORMATS`."""

from collections.abc import Callable
from dataclasses import dataclass

from lazaretto.model.detonated import Detonated
from lazaretto.model.text import N_
from lazaretto.reports import run, run_document, run_ocsf, run_page, run_pcap, run_stix
from lazaretto.reports.context import Context


@dataclass(frozen=True, slots=True)
class RunFormat:
    """One way to write the answer."""

    name: str
    title: str
    render: Callable[[Detonated, Context], str | bytes]
    """Bytes where it is no text: that goes into a file only."""
    human: bool = False
    binary: bool = False


FORMATS = (
    RunFormat("text", N_("for people: programs, what they tried, the verdict"), run.as_text, human=True),
    RunFormat("json", N_("the whole record, for programs"), run_document.render),
    RunFormat("html", N_("one page without script, to show to somebody"), run_page.render),
    RunFormat("ocsf", N_("OCSF 1.3 events, one a line"), run_ocsf.render),
    RunFormat("stix", N_("a STIX 2.1 bundle"), run_stix.render),
    RunFormat("pcap", N_("the inner network as a packet capture; needs --output"), run_pcap.render, binary=True),
)


def by_name(name: str) -> RunFormat:
    """Return a format.

    Raises:
        KeyError: there is none of that name.
    """
    return {fmt.name: fmt for fmt in FORMATS}[name]
