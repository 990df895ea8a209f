"""Where packages that came through a gate really lie, for lockfiles that a client wrote meanwhile."""

from lazaretto.gate.keeper import Keeper
from lazaretto.lockfiles.rewrite import Origins


def origins(keeper: Keeper) -> Origins:
    """Return the addresses of the gate's upstreams; files are looked up among what was asked for."""
    roots = {one.ecosystem: one.url for one in reversed(keeper.sources.upstreams) if not one.names}
    return Origins(roots.get("npm", ""), roots.get("pypi", ""), keeper.address)
