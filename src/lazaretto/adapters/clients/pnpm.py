"""pnpm 9 to 12: `--config.registry` and `--config.@scope:registry` beat `.npmrc` and pnpm-workspace.yaml (measured).

pnpm 12 no longer reads `npm_config_*`, and gives no variable to a scope.
"""

from lazaretto.adapters.clients.client import Client, Invocation, Pointed, Scene, Target, by_program
from lazaretto.adapters.clients.npm import UNSET, npmrc_environment

PROGRAMS: tuple[str, ...] = ("pnpm", "pnpx", "pn", "pnx")


class Pnpm:
    """pnpm and pnpx."""

    name, title, ecosystem = "pnpm", "pnpm", "npm"
    programs = PROGRAMS

    def detect(self, argv: tuple[str, ...], scene: Scene) -> Invocation | None:
        """`pnpm`, `pnpx`, `corepack pnpm`, `node .../pnpm.cjs`."""
        return by_program(self.name, argv, lambda name: name in PROGRAMS)

    def point(self, target: Target, scene: Scene, invocation: Invocation | None) -> Pointed:
        """Set the registry for everything and for each scope."""
        environment = npmrc_environment(target, scene)
        environment |= {"pnpm_config_registry": target.npm, "pnpm_config_noproxy": environment["npm_config_noproxy"]}
        if target.token:
            environment[f"pnpm_config_{target.dart}:_authToken"] = target.token
        if target.egress:
            environment["pnpm_config_https_proxy"] = target.egress
        flags = [f"--config.registry={target.npm}"]
        flags += [f"--config.{scope}:registry={target.npm}" for scope in scene.scopes]
        if target.egress:  # the project's own `no-proxy` would lead past it
            direct = environment["npm_config_noproxy"]
            flags += [
                f"--config.noproxy={direct}",
                f"--config.no-proxy={direct}",
                f"--config.https-proxy={target.egress}",
            ]
        if scene.caches:  # not as npm_config_*: npm warns of what it does not know
            store, cache = str(scene.caches.lasting / "pnpm-store"), str(scene.caches.fresh / "pnpm")
            environment |= {"pnpm_config_store_dir": store, "pnpm_config_cache_dir": cache}
            flags += [f"--config.store-dir={store}", f"--config.cache-dir={cache}"]
            # what another store has put into node_modules is fetched again, without a question
            flags.append("--config.confirm-modules-purge=false")
        return Pointed(environment, UNSET, invocation.with_flags(*flags) if invocation else ())


CLIENT: Client = Pnpm()
