"""Where places usually lie on Linux, macOS and Windows, from the environment of the user.

    {home} {cache} {data} {config}              XDG base directories on Linux, their counterparts elsewhere
    {appdata} {localappdata} {programdata}      Windows
    $NAME                                       a variable; the location is left out when it is not set

Pure: the environment is an argument, so that a made-up home of any system can be looked at on any other.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lazaretto.traces.catalog import PLACES

_VARIABLE = re.compile(r"\$([A-Za-z_]{1,60})")


@dataclass(frozen=True, slots=True)
class Location:
    """One usual location."""

    place: str
    path: str
    chosen: bool
    """True when the environment names it: then it is read as this place whatever it is called."""


def locations(system: str, home: str, env: Mapping[str, str]) -> Iterator[Location]:
    """Yield the usual locations of all places; `system` is `linux`, `macos` or `windows`."""
    known = folders(system, home, env)
    for place in PLACES:
        for template in place.locations.get(system, ()):
            names = _VARIABLE.findall(template)
            if any(not env.get(name) for name in names):
                continue
            text = _VARIABLE.sub(lambda match: env[match[1]].replace("\\", "/").rstrip("/"), template)
            yield Location(place.id, text.format_map(known), bool(names))


def folders(system: str, home: str, env: Mapping[str, str]) -> dict[str, str]:
    """Return the base directories."""
    home = home.replace("\\", "/").rstrip("/")
    local = env.get("LOCALAPPDATA", f"{home}/AppData/Local")
    roaming = env.get("APPDATA", f"{home}/AppData/Roaming")
    found = {
        "home": home,
        "appdata": roaming,
        "localappdata": local,
        "programdata": env.get("PROGRAMDATA", "C:/ProgramData"),
        "cache": env.get("XDG_CACHE_HOME") or f"{home}/.cache",
        "data": env.get("XDG_DATA_HOME") or f"{home}/.local/share",
        "config": env.get("XDG_CONFIG_HOME") or f"{home}/.config",
    }
    if system == "macos":
        found |= {"cache": f"{home}/Library/Caches", "data": f"{home}/Library/Application Support"}
    return {key: value.replace("\\", "/") for key, value in found.items()}


def outside_home(system: str, home: str, env: Mapping[str, str]) -> list[Location]:
    """Return the locations that a walk over the home does not come to, or would not recognise."""
    inside = folders(system, home, env)["home"] + "/"
    return [one for one in locations(system, home, env) if one.chosen or not one.path.startswith(inside)]
