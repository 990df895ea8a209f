"""npm 7 and later: environment and flags beat every `.npmrc`, also for a scope (measured with 11.19).

A shell that stands between drops variables such as `npm_config_@acme:registry`, therefore scopes are given twice.
"""

import re
from pathlib import Path

from lazaretto.adapters.clients.client import Client, Invocation, Pointed, Scene, Target, by_program, put

TOKEN = "LAZARETTO_GATE_TOKEN"  # noqa: S105 - a name
"""The variable that holds the token; files only name it."""
_PLACE = re.compile(r"\s{0,20}(?:registry|@[^:=\s]{1,200}:registry|proxy|https?-proxy|noproxy)\s{0,20}=", re.IGNORECASE)
PROGRAMS: tuple[str, ...] = ("npm", "npx")


class Npm:
    """npm and npx."""

    name, title, ecosystem = "npm", "npm", "npm"
    programs = PROGRAMS

    def detect(self, argv: tuple[str, ...], scene: Scene) -> Invocation | None:
        """`npm`, `npx`, `node .../npm-cli.js`."""
        return by_program(self.name, argv, lambda name: name in {*PROGRAMS, "npm-cli", "npx-cli"})

    def point(self, target: Target, scene: Scene, invocation: Invocation | None) -> Pointed:
        """Set the registry for everything and for each scope; locked addresses of any host go to the gate as well."""
        environment = npmrc_environment(target, scene) | {"npm_config_replace_registry_host": "always"}
        if scene.caches:
            environment["npm_config_cache"] = str(scene.caches.fresh / "npm")
        flags = [f"--registry={target.npm}", *(f"--{scope}:registry={target.npm}" for scope in scene.scopes)]
        return Pointed(environment, UNSET, invocation.with_flags(*flags) if invocation else ())


UNSET = ("npm_config_userconfig_registry", "NPM_CONFIG_REGISTRY", "npm_config_offline", "npm_config_prefer_offline")


def npmrc_environment(target: Target, scene: Scene) -> dict[str, str]:
    """Return the variables that npm, pnpm and Yarn 1 read alike.

    NOTE: Yarn 1 knows no `noproxy`, so an empty `proxy` keeps it from asking the gate through the user's proxy.
    """
    found = {"npm_config_registry": target.npm, "COREPACK_NPM_REGISTRY": target.base_url, "npm_config_proxy": ""}
    found |= {f"npm_config_{scope}:registry": target.npm for scope in scene.scopes}
    found["npm_config_noproxy"] = f"{target.host},127.0.0.1,localhost"
    if target.egress:
        found["npm_config_https_proxy"] = target.egress
    if target.token:
        found |= {"COREPACK_NPM_TOKEN": target.token, TOKEN: target.token}
        found["npm_config_userconfig"] = str(user_npmrc(target, scene))
    return found


def user_npmrc(target: Target, scene: Scene) -> Path:
    """Write a copy of the user's `.npmrc` that knows the token (by its variable) and no other registry."""
    told = scene.environment.get("npm_config_userconfig") or scene.environment.get("NPM_CONFIG_USERCONFIG")
    try:
        text = (Path(told) if told else scene.home / ".npmrc").read_text("utf-8", "replace")
    except OSError:
        text = ""
    kept = [row for row in text.splitlines() if not _PLACE.match(row)]
    ours = [f"{target.dart}:_authToken=${{{TOKEN}}}", f"{target.dart}:always-auth=true"]
    return put(scene.private, "npmrc", "\n".join([*kept, *ours, ""]))


CLIENT: Client = Npm()
