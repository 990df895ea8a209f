"""pdm: `PDM_PYPI_URL` loses against `[[tool.pdm.source]]`, so a plugin turns every source (measured with 2.29)."""

from lazaretto.adapters.clients.client import Client, Invocation, Pointed, Scene, Target, by_module, by_program
from lazaretto.adapters.clients.injected import injected

PROGRAMS: tuple[str, ...] = ("pdm",)


class Pdm:
    """pdm 2.x."""

    name, title, ecosystem = "pdm", "pdm", "pypi"
    programs = PROGRAMS

    def detect(self, argv: tuple[str, ...], scene: Scene) -> Invocation | None:
        """`pdm`, `python -m pdm`."""
        return by_program(self.name, argv, lambda name: name in PROGRAMS) or by_module(self.name, argv, "pdm")

    def point(self, target: Target, scene: Scene, invocation: Invocation | None) -> Pointed:
        """Set the index, and put the plugin on its path."""
        environment, files = injected(target, scene)
        environment |= {"PDM_PYPI_URL": target.simple, "PDM_CHECK_UPDATE": "0"}
        if scene.caches:
            environment["PDM_CACHE_DIR"] = str(scene.caches.fresh / "pdm")
        return Pointed(environment, ("PDM_PYPI_USERNAME", "PDM_PYPI_PASSWORD"), (), files)


CLIENT: Client = Pdm()
