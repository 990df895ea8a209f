"""All streams of other sensors, by id."""

from typing import Final

from lazaretto.adapters.streams.auditd import Auditd
from lazaretto.adapters.streams.eslogger import EsLogger
from lazaretto.adapters.streams.falco import Falco
from lazaretto.adapters.streams.laurel import Laurel
from lazaretto.adapters.streams.osquery import Osquery
from lazaretto.adapters.streams.stream import Lines
from lazaretto.adapters.streams.sysmon import Sysmon
from lazaretto.adapters.streams.tetragon import Tetragon

STREAMS: Final[tuple[type[Lines], ...]] = (Auditd, EsLogger, Falco, Laurel, Osquery, Sysmon, Tetragon)


def stream(name: str) -> Lines:
    """Return a new stream of that id.

    Raises:
        KeyError: there is none.
    """
    return {one.id: one for one in STREAMS}[name]()
