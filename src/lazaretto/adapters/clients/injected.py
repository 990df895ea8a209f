"""A plugin for Poetry and pdm, put on their path for one run.

Neither lets a variable overrule the sources of a project. Both load plugins by entry point from wherever Python finds
them, so a folder in `PYTHONPATH` is enough; nothing is installed. A Poetry or pdm that ignores `PYTHONPATH` (`python
-I`, `--no-plugins`) is not reached: the refusing proxy stops it.
"""

import os
from pathlib import Path

from lazaretto.adapters.clients.client import Scene, Target, put

_MODULE = '''"""Every package source of Poetry and pdm is the registry firewall, for this run."""
import os
BASE = os.environ.get("LAZARETTO_GATE_INDEX", "")  # .../simple/
EGRESS = os.environ.get("LAZARETTO_GATE_EGRESS", "")  # a proxy that refuses

def poetry_plugin():
    from urllib.parse import unquote, urlsplit
    from poetry.plugins.application_plugin import ApplicationPlugin
    from poetry.repositories.legacy_repository import LegacyRepository
    from poetry.repositories.pypi_repository import PyPiRepository
    from poetry.repositories.single_page_repository import SinglePageRepository

    def turned(kind, url):
        made = kind.__init__
        def __init__(self, *args, **kw):
            if len(args) > (0 if kind is PyPiRepository else 1):
                args = (url, *args[1:]) if kind is PyPiRepository else (args[0], url, *args[2:])
            else:
                kw["url"] = url
            made(self, *args, **kw)
        kind.__init__ = __init__

    known = urlsplit(BASE)
    if BASE:  # without the token, which would be written to poetry.lock
        plain = known._replace(netloc=known.netloc.rpartition("@")[2]).geturl()
        turned(PyPiRepository, plain[: -len("simple/")])
        turned(LegacyRepository, plain)
        if "__init__" in vars(SinglePageRepository):
            turned(SinglePageRepository, plain)
    if known.password:
        from poetry.utils.authenticator import Authenticator
        from poetry.utils.password_manager import HTTPAuthCredential
        asked = Authenticator.get_credentials_for_url
        def get_credentials_for_url(self, url):
            place = urlsplit(url)
            if (place.hostname, place.port) == (known.hostname, known.port):
                return HTTPAuthCredential(unquote(known.username), unquote(known.password))
            return asked(self, url)
        Authenticator.get_credentials_for_url = get_credentials_for_url

    class Gate(ApplicationPlugin):
        def activate(self, application):
            pass

    return Gate

def pdm_plugin(core):
    from pdm.project import Project
    if not BASE:
        return
    asked = Project.get_sources
    def get_sources(self, *args, **kw):
        found = asked(self, *args, **kw)
        for source in found:
            source.url, source.type = BASE, "index"
            source.username = source.password = None
            source.verify_ssl = True
        return found
    Project.get_sources = get_sources
    if EGRESS:
        closed()

def closed():
    # pdm asks other hosts than its sources without the proxy of the environment
    from http.client import HTTPConnection
    from urllib.parse import urlsplit
    from pdm.models.session import PDMPyPIClient
    sent, gate = PDMPyPIClient.send, urlsplit(BASE)
    def send(self, request, **kw):
        url = urlsplit(str(request.url))
        if url.scheme in ("http", "https") and (url.hostname, url.port) != (gate.hostname, gate.port):
            told = HTTPConnection(urlsplit(EGRESS).netloc, timeout=10)
            told.request("GET", "%s://%s%s" % (url.scheme, url.netloc.rpartition("@")[2], url.path))
            answer = told.getresponse()
            told.close()
            raise RuntimeError("%s %s: %s" % (answer.status, answer.reason, url.hostname))
        return sent(self, request, **kw)
    PDMPyPIClient.send = send

def __getattr__(name):
    if name == "Poetry":
        return poetry_plugin()
    raise AttributeError(name)
'''
_METADATA = "Metadata-Version: 2.1\nName: lazaretto-gate-client\nVersion: 1\n"
_ENTRIES = """[poetry.application.plugin]
lazaretto = lazaretto_gate_client:Poetry
[pdm]
lazaretto = lazaretto_gate_client:pdm_plugin
"""


def injected(target: Target, scene: Scene) -> tuple[dict[str, str], tuple[Path, ...]]:
    """Write the plugin; return the variables that make it found, and the files."""
    folder = scene.private / "python"
    info = "lazaretto_gate_client-1.dist-info"
    files = (
        put(folder, "lazaretto_gate_client.py", _MODULE),
        put(folder, f"{info}/METADATA", _METADATA),
        put(folder, f"{info}/entry_points.txt", _ENTRIES),
    )
    before = scene.environment.get("PYTHONPATH", "")
    path = os.pathsep.join(part for part in (str(folder), before) if part)
    found = {"PYTHONPATH": path, "LAZARETTO_GATE_INDEX": target.simple, "LAZARETTO_GATE_EGRESS": target.egress}
    return found, files
