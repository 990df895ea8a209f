"""The older JSON document about a Python project or release (`/pypi/NAME/json`, `/pypi/NAME/VERSION/json`), filtered.

    legacy_json(data, "idna", rulings, reasons, base)     bytes, or None when nothing of it may be listed

The rulings are those of the project's page, so that both documents agree: a file that the page does not know is not
listed here either. When the version that the document is about is withheld, it becomes one about the newest allowed
version: its files are moved in, and what the withheld one said of itself (dependencies, description) is left out.

Whoever asks for one exact version that is withheld gets it listed as yanked with the reason, and without dependencies:
the client (Poetry) then asks for a file and prints why it is refused. Left out, it would be "not found".

Source: PyPI's documentation of its JSON API.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Raw
from packaging.version import Version

from lazaretto.ecosystems.pypi import normalize
from lazaretto.ecosystems.registry_document import LIMIT, RegistryDocumentError, attempt, check, decoded
from lazaretto.ecosystems.registry_names import pypi_version, release_key
from lazaretto.model.gate import Ruling
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Outcome

_TOP = msgspec.json.Decoder(dict[str, Raw])
_INFO = msgspec.json.Decoder(dict[str, Any])
_FILES = msgspec.json.Decoder(list[dict[str, Any]])
_RELEASES = msgspec.json.Decoder(dict[str, list[dict[str, Any]]])

_OF_ONE_VERSION: Final = (
    "requires_dist",
    "requires_python",
    "description",
    "dynamic",
    "provides_extra",
    "yanked_reason",
)
"""Fields of `info` that are true of one version only."""

_Files = list[dict[str, Any]]


def legacy_json(
    data: bytes,
    name: str,
    rulings: Mapping[str, Ruling],
    reasons: Mapping[str, str],
    base: str,
    *,
    version: str = "",
    limit: int = LIMIT,
) -> bytes | None:
    """Return the document with only what may be listed; None when that is nothing.

    Args:
        data: the index's document.
        name: the project, in any spelling.
        rulings: file name -> ruling, of the project's page.
        reasons: file name -> why it is quarantined.
        base: address of this side without a slash at its end.
        version: the version that was asked for; empty = the whole project. Another one is never put in its place.
        limit: bytes that are read.

    Raises:
        RegistryDocumentError: too large, broken, of another project, or another kind of document.
    """
    check(data, limit)
    top = decoded(_TOP.decode, data)
    info = attempt(_INFO.decode, top.get("info"), LIMIT)
    project = normalize(name)
    if info is None or not isinstance(info.get("name"), str) or normalize(info["name"]) != project:
        text = N_("the registry was asked for {name} and answered about something else")
        raise RegistryDocumentError(Message.of(text, {"name": project[:200]}))
    about = release_key(info["version"]) if isinstance(info.get("version"), str) else ""
    if version and about != release_key(version):
        text = N_("the registry was asked for {name} and answered about something else")
        raise RegistryDocumentError(Message.of(text, {"name": f"{project} {version[:100]}"}))
    keeper = _Keeper(project, rulings, reasons, base, blocked=bool(version))
    urls = keeper.kept(decoded(_FILES.decode, top["urls"]) if "urls" in top else [], about)
    releases: dict[str, _Files] = {}
    if "releases" in top and bytes(top["releases"]) != b"null":
        for told, files in decoded(_RELEASES.decode, top["releases"]).items():
            if (key := release_key(told)) and (kept := keeper.kept(files, key)):
                releases[told] = kept
        top["releases"] = _raw(releases)
    if about not in keeper.allowed and not version:
        urls, info = _moved(releases, keeper, info) or (urls, info)
    elif about not in keeper.allowed and urls:
        info |= {"yanked": True, "yanked_reason": urls[0]["yanked_reason"], "requires_dist": None}
    if not urls:
        return None
    top["urls"] = _raw(urls)
    top["info"] = _raw(info)
    return msgspec.json.encode(top)


class _Keeper:
    """Filters lists of files and remembers which versions are allowed."""

    def __init__(
        self, project: str, rulings: Mapping[str, Ruling], reasons: Mapping[str, str], base: str, *, blocked: bool
    ) -> None:
        self._project = project
        self._rulings = rulings
        self._reasons = reasons
        self._base = base
        self._blocked = blocked
        """List blocked files, too, as withheld."""
        self.allowed: set[str] = set()

    def kept(self, files: _Files, version: str) -> _Files:
        found = []
        for file in files:
            filename = file.get("filename")
            if not isinstance(filename, str):
                continue
            ruling = self._rulings.get(filename)
            if (
                ruling is None
                or (ruling.outcome >= Outcome.BLOCK and not self._blocked)
                or release_key(pypi_version(self._project, filename)) != version
            ):
                continue
            file = {**file, "url": f"{self._base}/files/{self._project}/{filename}"}
            if ruling.outcome > Outcome.ALLOW:
                reason = self._reasons.get(filename) or "held back by the policy of this index"
                file |= {"yanked": True, "yanked_reason": reason}
            else:
                self.allowed.add(version)
            found.append(file)
        return found


def _moved(
    releases: Mapping[str, _Files], keeper: _Keeper, info: dict[str, Any]
) -> tuple[_Files, dict[str, Any]] | None:
    """Make it a document about the newest allowed version: stable if there is one."""
    order = sorted(
        (not Version(told).is_prerelease, Version(told), told)
        for told in releases
        if release_key(told) in keeper.allowed
    )
    if not order:
        return None
    told = order[-1][2]
    files = releases[told]
    new = {**info, "version": told, "yanked": all(file.get("yanked") is True for file in files)}
    new |= {field: None for field in _OF_ONE_VERSION if field in info}
    new["requires_python"] = files[0].get("requires_python")
    for field in ("release_url",):
        if isinstance(info.get(field), str) and isinstance(info.get("version"), str):
            new[field] = info[field].replace(f"/{info['version']}/", f"/{told}/")
    return files, new


def _raw(value: object) -> Raw:
    return Raw(msgspec.json.encode(value))
