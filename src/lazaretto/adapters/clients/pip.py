"""pip: a private configuration file and the environment (measured with 23.2 and 26.3).

`--index-url`, `--extra-index-url` and `--find-links` *inside* a requirements file beat both and the command line.
"""

import re

from lazaretto.adapters.clients.client import Client, Invocation, Pointed, Scene, Target, by_module, by_program, put

PROGRAMS: tuple[str, ...] = ("pip", "pip3")
_NAME = re.compile(r"pip(?:x|[23](?:\.\d{1,3})?)?")
_COMMANDS = ("global", "install", "download", "wheel", "index", "lock", "list")
_EMPTIED = ("extra-index-url", "find-links", "no-index", "proxy")


class Pip:
    """pip, also through `python -m pip` and pipx."""

    name, title, ecosystem = "pip", "pip", "pypi"
    programs = PROGRAMS

    def detect(self, argv: tuple[str, ...], scene: Scene) -> Invocation | None:
        """`pip`, `pip3.11`, `python -m pip`, `pipx`."""
        named = by_program(self.name, argv, lambda name: _NAME.fullmatch(name) is not None)
        return named or by_module(self.name, argv, "pip")

    def point(self, target: Target, scene: Scene, invocation: Invocation | None) -> Pointed:
        """Empty what the user's files add, and set the index."""
        rows = [row for name in _COMMANDS for row in (f"[{name}]", *(f"{key} =" for key in _EMPTIED))]
        file = put(scene.private, "pip.conf", "\n".join([*rows, ""]))
        environment = {
            "PIP_INDEX_URL": target.simple,
            "PIP_EXTRA_INDEX_URL": target.simple,
            "PIP_CONFIG_FILE": str(file),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
        }
        if target.base_url.startswith("http://") and target.host not in {"127.0.0.1", "localhost", "::1"}:
            environment["PIP_TRUSTED_HOST"] = target.host
        if scene.caches:
            environment["PIP_CACHE_DIR"] = str(scene.caches.fresh / "pip")
        return Pointed(environment, ("PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_PROXY", "PIP_ISOLATED"), (), (file,))


CLIENT: Client = Pip()
