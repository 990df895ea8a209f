"""From what was seen on this computer to log records with Sigma's field names.

| seen | category | fields |
|---|---|---|
| exec | `process_creation` | Image, CommandLine, CurrentDirectory, ProcessId, ParentProcessId, ParentImage, ParentCommandLine, User, Hashes, md5, sha1, sha256 |
| write | `file_event` | TargetFilename, Image, ProcessId, User |
| read | `file_access` | TargetFilename, FileName, Image, ProcessId, User |
| delete | `file_delete` | TargetFilename, Image, ProcessId, User |
| connect | `network_connection` | Image, ProcessId, User, Initiated (`true`), DestinationIp, DestinationHostname, DestinationPort, DestinationIsIpv6 |
| resolve | `dns_query` | QueryName, QueryResults, Image, ProcessId, User |
| resolve | `dns` | query, answer |

CommandLine is the words joined by one blank, as Sysmon for Linux logs them. What is not known is absent, never empty.
"""  # noqa: E501 - a table

import ipaddress
from dataclasses import dataclass, field

from lazaretto.detect.sigma.log import Given, Log, log
from lazaretto.model.host import Kind, Observed

CATEGORIES_OF = {
    Kind.EXEC: ("process_creation",),
    Kind.WRITE: ("file_event",),
    Kind.READ: ("file_access",),
    Kind.DELETE: ("file_delete",),
    Kind.CONNECT: ("network_connection",),
    Kind.RESOLVE: ("dns_query", "dns"),
}
"""Which categories of rules look at what."""
_FILES = {Kind.WRITE: "file_event", Kind.READ: "file_access", Kind.DELETE: "file_delete"}


@dataclass(frozen=True, slots=True)
class Actor:
    """The program that did it, as far as it is known; empty = not known."""

    path: str = ""
    argv: tuple[str, ...] = ()
    cwd: str = ""
    parent_path: str = ""
    parent_argv: tuple[str, ...] = ()
    user: str = ""
    names: tuple[str, ...] = ()
    """Host names that the address of a connection is known by."""
    hashes: tuple[tuple[str, str], ...] = field(default=())
    """Digests of the image: (`md5`, hexadecimal), ..."""


NOBODY = Actor()


def records(seen: Observed, product: str, actor: Actor = NOBODY) -> tuple[Log, ...]:
    """Return the log records that one observation makes; empty when Sigma has no category for it.

    Of an exec the observation itself tells the program; `actor` completes its parent and user.
    """
    user = seen.user or actor.user or ("root" if seen.uid == 0 else None)
    own: dict[str, Given] = {"ProcessId": seen.pid or None, "User": user}
    if seen.kind is Kind.EXEC:
        return (log(product, "process_creation", own | _program(seen, actor)),)
    own["Image"] = actor.path or None
    if category := _FILES.get(seen.kind):
        if category == "file_access":
            own["FileName"] = seen.path
        return (log(product, category, own | {"TargetFilename": seen.path}),)
    if seen.kind is Kind.CONNECT and not seen.path.startswith("unix:"):
        return (log(product, "network_connection", own | _connection(seen.path, actor.names)),)
    if seen.kind is Kind.RESOLVE:
        answer = tuple(seen.detail.split()) or None
        return (
            log(product, "dns_query", own | {"QueryName": seen.path, "QueryResults": answer}),
            log(product, "dns", {"query": seen.path, "answer": answer}),
        )
    return ()


def _program(seen: Observed, actor: Actor) -> dict[str, Given]:
    parent_argv = seen.parent_argv or actor.parent_argv
    fields: dict[str, Given] = {
        "Image": seen.path or None,
        "CommandLine": " ".join(seen.argv) if seen.argv else None,
        "CurrentDirectory": seen.cwd or None,
        "ParentProcessId": seen.parent or None,
        "ParentImage": seen.parent_path or actor.parent_path or None,
        "ParentCommandLine": " ".join(parent_argv) if parent_argv else None,
    }
    if actor.hashes:
        fields.update({name.lower(): value for name, value in actor.hashes})
        fields["Hashes"] = ",".join(f"{name.upper()}={value}" for name, value in actor.hashes)
    return fields


def _connection(target: str, names: tuple[str, ...]) -> dict[str, Given]:
    host, colon, port = target.rpartition(":")
    if not colon or not port.isdecimal():
        host, port = target, ""
    host = host.removeprefix("[").removesuffix("]")
    fields: dict[str, Given] = {"Initiated": True, "DestinationPort": port or None}
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        fields["DestinationHostname"] = tuple(dict.fromkeys((host, *names)))
        return fields
    fields["DestinationIp"] = str(address)
    fields["DestinationIsIpv6"] = address.version == 6
    fields["DestinationHostname"] = names or None
    return fields
