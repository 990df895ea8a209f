"""Names of addresses: from answers of name servers, greetings of TLS, and what the program resolves itself."""

from collections import OrderedDict

_MOST = 20_000


class Hosts:
    """Which name was an address asked for by, last? The oldest are forgotten."""

    def __init__(self, *, drill: bool = False) -> None:
        """`drill`: addresses 127.66.A.B count as outside, by the name `host-A-B.drill.test`."""
        self._names: OrderedDict[str, str] = OrderedDict()
        self._drill = drill

    def learn(self, address: str, name: str) -> None:
        """Note that an address (with its port, when only that is known) has a name."""
        name = name.rstrip(".").lower()[:253]
        if not name or not address:
            return
        self._names[address] = name
        self._names.move_to_end(address)
        if len(self._names) > _MOST:
            self._names.popitem(last=False)

    def told(self, target: str) -> str:
        """Return `name:port` for `address:port` when the name is known, else the same."""
        host, _, port = target.rpartition(":")
        bare = host.strip("[]")
        name = self._names.get(target) or self._names.get(bare)
        if name:
            return f"{name}:{port}"
        if self._drill and bare.startswith("127.66."):
            return f"host-{'-'.join(bare.split('.')[2:])}.drill.test:{port}"
        return target
