"""`doctor`: what works here, and one line for each thing that does not. Nothing is installed, nobody is asked."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec

from lazaretto.adapters.sandbox.probe import Tools, probe, profile, restricted
from lazaretto.adapters.sandbox.self_test import self_test
from lazaretto.adapters.sandbox.session import SandboxError
from lazaretto.adapters.sandbox.toolchain import find
from lazaretto.adapters.store.place import StoreError
from lazaretto.app.intel import status
from lazaretto.model.health import Health, State
from lazaretto.model.text import N_, Message

_CLIENTS = {"node": "nodejs", "npm": "npm", "python3": "python3", "git": "git"}
"""Programs that projects need inside, and the package of Debian that has them."""


def diagnose(environment: Mapping[str, str], store: str = "") -> tuple[Health, ...]:
    """Look at everything. Runs the sandbox's self-test."""
    return tuple(_all(environment, store))


def _all(environment: Mapping[str, str], store: str) -> Iterator[Health]:
    yield Health("check", State.WORKS, Message.of(N_("examines without executing; nothing more is needed")))
    yield _online(environment)
    yield _intel(store)
    yield Health("hunt", State.WORKS, Message.of(N_("reads this machine; nothing more is needed")))
    yield _gate()
    yield _run()
    yield _inside(environment)
    yield _pdf()


def _online(environment: Mapping[str, str]) -> Health:
    """Packages of npm are fetched by the user's npm, those of PyPI with the configuration of pip or uv."""
    path = environment.get("PATH")
    missing = [name for name in ("npm",) if not shutil.which(name, path=path)]
    if not any(shutil.which(name, path=path) for name in ("pip", "pip3", "uv")) and find_spec("pip") is None:
        missing.append("pip")
    if not missing:
        return Health("check --online", State.WORKS, Message.of(N_("fetches packages as your own clients would")))
    packages = " ".join({"pip": "python3-pip"}.get(name, name) for name in missing)
    what = Message.of(N_("cannot ask for packages of: {names}"), {"names": ", ".join(missing)})
    return Health("check --online", State.PARTLY, what, (_apt(packages),))


def _intel(store: str) -> Health:
    try:
        state = status(store)
    except StoreError as error:
        return Health("intel", State.PARTLY, error.message)
    if not state.exists:
        what = N_("knows what came with the program ({date}); no store yet")
        cure = Message.of(N_("lazaretto intel update --online fetches the public feeds"))
        return Health("intel", State.PARTLY, Message.of(what, {"date": state.embedded}), (cure,))
    what = N_("a store with {n} feeds, and what came with the program ({date})")
    return Health("intel", State.WORKS, Message.of(what, {"n": len(state.feeds), "date": state.embedded}))


def _gate() -> Health:
    missing = [name for name in ("aiohttp", "prometheus_client") if find_spec(name) is None]
    if missing:
        what = Message.of(N_("its libraries are not installed: {names}"), {"names": ", ".join(missing)})
        return Health("gate", State.MISSING, what, (_pip("gate"),))
    return Health("gate", State.WORKS, Message.of(N_("can stand between your package clients and their registries")))


def _run() -> Health:
    found = probe()
    if found.tools is None:
        what = Message.of(N_("no sandbox here"))
        cures = found.missing
        if sys.platform == "win32":
            cures = (
                Message.of(N_("run it in WSL 2: wsl --install, then sudo apt install bubblewrap nftables iproute2")),
            )
        elif sys.platform == "darwin":
            cures = (Message.of(N_("run it in a Linux virtual machine; a profile for Seatbelt is untested")),)
        return Health("run", State.MISSING, what, cures)
    return _tested(found.tools)


def _tested(tools: Tools) -> Health:
    try:
        self_test(tools)
    except SandboxError as error:
        cures = [Message.of(N_("user namespaces may be off: sudo sysctl -w kernel.unprivileged_userns_clone=1"))]
        if restricted():
            template = N_("put this into {file}, then sudo systemctl reload apparmor: {profile}")
            text = " ".join(profile("/usr/bin/python3*").split())
            cures = [Message.of(template, {"file": "/etc/apparmor.d/lazaretto", "profile": text})]
        return Health("run", State.MISSING, error.message, tuple(cures))
    if os.geteuid() == 0:
        what = Message.of(N_("the sandbox holds; as root it runs everything as nobody, a plain user is better"))
        return Health("run", State.WORKS, what)
    return Health("run", State.WORKS, Message.of(N_("the sandbox holds: its self-test found nothing within reach")))


def _inside(environment: Mapping[str, str]) -> Health:
    """Node and Python of the system or of the user's own folders can be shown inside."""
    there = find(environment).programs
    missing = [name for name in _CLIENTS if name not in there]
    names = ", ".join(sorted(there))
    if missing:
        what = Message.of(N_("not there inside: {names}"), {"names": ", ".join(missing)})
        return Health("run: programs", State.PARTLY, what, (_apt(" ".join(_CLIENTS[name] for name in missing)),))
    return Health("run: programs", State.WORKS, Message.of(N_("there inside: {names}"), {"names": names}))


def _pdf() -> Health:
    if find_spec("fpdf") is None or find_spec("pypdf") is None:
        return Health("brief", State.PARTLY, Message.of(N_("no PDF can be written or read")), (_pip("pdf"),))
    return Health("brief", State.WORKS, Message.of(N_("writes text, Markdown and PDF")))


def _apt(packages: str) -> Message:
    return Message.of(N_("sudo apt install {packages}"), {"packages": packages})


def _pip(extra: str) -> Message:
    return Message.of(N_("pip install lazaretto[{extra}]"), {"extra": extra})
