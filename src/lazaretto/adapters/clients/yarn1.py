"""Yarn 1: variables beat `.yarnrc` and `.npmrc`, also for a scope (measured with 1.22.22).

It fetches what yarn.lock names from where yarn.lock says: only `relock` or the refusing proxy helps there.
"""

from lazaretto.adapters.clients.client import Client, Invocation, Pointed, Scene, Target, by_program
from lazaretto.adapters.clients.npm import UNSET, npmrc_environment
from lazaretto.adapters.clients.yarn import is_berry

_PATIENCE = "900000"
"""Milliseconds: a file may be examined before its first byte comes."""
PROGRAMS: tuple[str, ...] = ("yarn", "yarnpkg")


class Yarn1:
    """Yarn classic."""

    name, title, ecosystem = "yarn1", "Yarn 1", "npm"
    programs = PROGRAMS

    def detect(self, argv: tuple[str, ...], scene: Scene) -> Invocation | None:
        """`yarn` where nothing speaks for a later Yarn."""
        found = by_program(self.name, argv, lambda name: name in PROGRAMS)
        return None if found is None or is_berry(found, scene) else found

    def point(self, target: Target, scene: Scene, invocation: Invocation | None) -> Pointed:
        """Set the registry under both prefixes."""
        environment = npmrc_environment(target, scene) | {"YARN_REGISTRY": target.npm}
        if invocation and not {"YARN_NETWORK_TIMEOUT", "yarn_network_timeout"} & scene.environment.keys():
            # here alone: a later Yarn refuses variables that it does not know, and npm warns of them
            environment["YARN_NETWORK_TIMEOUT"] = _PATIENCE
        if scene.caches:
            environment["YARN_CACHE_FOLDER"] = str(scene.caches.fresh / "yarn1")
        return Pointed(environment, UNSET)


CLIENT: Client = Yarn1()
