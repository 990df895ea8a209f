"""uv: indexes of the environment come before those of a project, and one with the same name takes its place.

Measured with 0.13.9. What uv.lock says (`sync --frozen`) is fetched from where it says; an unnamed index of the
project is asked for names that the gate does not know.
"""

from lazaretto.adapters.clients.client import Client, Invocation, Pointed, Scene, Target, by_module, by_program

PROGRAMS: tuple[str, ...] = ("uv", "uvx")


class Uv:
    """uv and uvx."""

    name, title, ecosystem = "uv", "uv", "pypi"
    programs = PROGRAMS

    def detect(self, argv: tuple[str, ...], scene: Scene) -> Invocation | None:
        """`uv`, `uvx`, `python -m uv`."""
        return by_program(self.name, argv, lambda name: name in PROGRAMS) or by_module(self.name, argv, "uv")

    def point(self, target: Target, scene: Scene, invocation: Invocation | None) -> Pointed:
        """Set the default index, and the same under every name that the project gives to one."""
        environment = {
            "UV_DEFAULT_INDEX": target.simple,
            "UV_INDEX": " ".join([target.simple, *(f"{name}={target.simple}" for name in scene.indexes)]),
            "UV_INDEX_STRATEGY": "first-index",
        }
        if target.base_url.startswith("http://") and target.host not in {"127.0.0.1", "localhost", "::1"}:
            environment["UV_INSECURE_HOST"] = target.host
        if scene.caches:
            environment["UV_CACHE_DIR"] = str(scene.caches.fresh / "uv")
        gone = ("UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_NO_INDEX", "UV_OFFLINE", "UV_CONFIG_FILE")
        return Pointed(environment, gone)


CLIENT: Client = Uv()
