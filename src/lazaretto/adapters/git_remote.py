"""A repository on a server: the newest commit of one branch, fetched with dulwich into a temporary pack.

Only when the user asked for the network. No configuration file is read (a `url.*.insteadOf` or a credential helper
could run something), nothing is checked out, and the pack may not grow beyond the limits.
"""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from dulwich.objects import ObjectID
from dulwich.refs import Ref

from lazaretto.adapters.git import new_pack, open_pack
from lazaretto.adapters.target import Target, TargetError
from lazaretto.model.text import N_
from lazaretto.parse.archive_names import printable
from lazaretto.parse.limits import Limits

_HEX = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class _TooMuchError(Exception):
    """The pack is larger than allowed."""


def without_secrets(url: str) -> str:
    """Return a URL as it may be shown: without user name and password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "URL"
    if "@" not in parts.netloc:
        return printable(url)
    return printable(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])))


def split_url(spec: str) -> tuple[str, str]:
    """Split `git+https://host/path.git@rev#egg=x` or `...#rev` into URL and revision (which may be empty)."""
    url, _, fragment = spec.removeprefix("git+").partition("#")
    revision = "" if "=" in fragment else fragment
    start = url.find("/", url.find("://") + 3) if "://" in url else url.find(":")
    at = url.rfind("@")
    if 0 <= start < at:
        url, revision = url[:at], revision or url[at + 1 :]
    return url, revision


def open_remote(spec: str, limits: Limits, *, online: bool) -> Target:
    """Fetch one commit of a remote repository.

    Raises:
        TargetError: not allowed, not reachable, no such revision, or too large.
    """
    url, revision = split_url(spec)
    shown = without_secrets(url)
    if not online:
        raise TargetError(
            N_("{target} is on the network, and the network was not allowed"),
            {"target": shown},
            N_("repeat with --online, or name a local copy"),
            "usage",
        )
    if url.startswith(("ftp:", "ftps:")):
        raise TargetError(
            N_("{target}: only https, ssh and git addresses can be fetched"), {"target": shown}, exit_kind="usage"
        )
    scratch = tempfile.TemporaryDirectory(prefix="lazaretto-")
    try:
        pack = new_pack(Path(scratch.name))
        name = _fetch(url, revision, shown, pack, limits)
        return open_pack(
            spec, shown if not revision else f"{shown}#{printable(revision)}", pack, name, limits, scratch.cleanup
        )
    except BaseException:
        scratch.cleanup()
        raise


def _fetch(url: str, revision: str, shown: str, pack: Path, limits: Limits) -> str:
    from dulwich.client import get_transport_and_path
    from dulwich.config import ConfigDict
    from dulwich.object_store import ObjectStoreGraphWalker

    chosen: list[bytes] = []
    written = 0

    def wants(refs: Mapping[Ref, ObjectID], depth: int | None = None) -> list[ObjectID]:  # noqa: ARG001 - the caller's form
        if getattr(client, "dumb", False):
            raise TargetError(N_("{target} is served without git's protocol: copy it first"), {"target": shown})
        name = _choose(refs, revision)
        if name:
            chosen.append(name)
        return [ObjectID(name)] if name else []

    with pack.open("wb") as out:

        def write(data: bytes) -> int:
            nonlocal written
            written += len(data)
            if written > limits.archive_bytes:
                raise _TooMuchError
            return out.write(data)

        try:
            client, path = get_transport_and_path(url, config=ConfigDict(), quiet=True)
            walker = ObjectStoreGraphWalker([], lambda _name: [])
            client.fetch_pack(path, wants, walker, write, depth=1)
        except TargetError:
            raise
        except _TooMuchError as error:
            raise TargetError(
                N_("{target} is larger than {limit} bytes"), {"target": shown, "limit": limits.archive_bytes}
            ) from error
        except Exception as error:
            text = printable(str(error).replace(url, shown))[:200] or type(error).__name__
            raise TargetError(
                N_("{target} cannot be fetched: {error}"),
                {"target": shown, "error": text},
                N_("check the address and your access; private repositories are better copied first"),
            ) from error
    if not chosen:
        raise TargetError(
            N_("{target} has no revision {revision}"),
            {"target": shown, "revision": printable(revision or "HEAD")},
            N_("name a branch, a tag or a full commit after #"),
        )
    return chosen[0].decode()


def _choose(refs: Mapping[Ref, ObjectID], revision: str) -> bytes:
    if _HEX.fullmatch(revision):
        return revision.encode()
    name = revision.encode("utf-8", "surrogateescape") or b"HEAD"
    for place in (b"%s", b"refs/tags/%s", b"refs/heads/%s"):
        found = refs.get(Ref(place % name))
        if found:
            return found
    return b"" if revision else next(iter(refs.values()), b"")
