"""The HTML form of a project's page (PEP 503): read with all its `data-*` attributes, and written.

Of a link the address counts, as it does for installers: its last path segment is the file's name, its fragment the
digest. The text between the tags is not looked at.
"""

from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from msgspec import UNSET, UnsetType

from lazaretto.ecosystems.registry_document import RegistryDocumentError, check_size
from lazaretto.ecosystems.simple_files import FileRow, Metadata, Rejected
from lazaretto.model.text import N_, Message

_ALGORITHMS: Final = frozenset({"sha256", "sha384", "sha512", "sha224", "sha1", "md5", "blake2b", "sha3_256"})
_NO_LINK: Final = Message(N_("it names no address of a file"))


@dataclass(frozen=True, slots=True)
class Head:
    """What the page says of itself."""

    interface: str = ""
    status: str = ""
    reason: str = ""
    tracks: tuple[str, ...] = ()
    alternates: tuple[str, ...] = ()


def read(data: bytes, base_url: str, limit: int) -> tuple[Head, list[FileRow], str, list[Rejected]]:
    """Read a page. Returns its head, the files, the address that relative links start from, and what was rejected.

    Raises:
        RegistryDocumentError: too large, or no page of links.
    """
    check_size(data, limit)
    text = data.decode("utf-8", "replace")
    if "<" not in text:
        raise RegistryDocumentError(Message(N_("the index answered with something that is no HTML page")))
    reader = _Reader(base_url)
    reader.feed(text)
    reader.close()
    head = Head(
        reader.meta.get("pypi:repository-version", ""),
        reader.meta.get("pypi:project-status", ""),
        reader.meta.get("pypi:project-status-reason", ""),
        tuple(reader.tracks),
        tuple(reader.alternates),
    )
    return head, reader.rows, reader.base, reader.rejected


def written(name: str, head: Head, rows: list[FileRow]) -> bytes:
    """Write a page."""
    lines = ["<!DOCTYPE html>", "<html>", "<head>", _meta("pypi:repository-version", head.interface)]
    if head.status:
        lines.append(_meta("pypi:project-status", head.status))
    if head.reason:
        lines.append(_meta("pypi:project-status-reason", head.reason))
    lines += [_meta("pypi:tracks", one) for one in head.tracks]
    lines += [_meta("pypi:alternate-locations", one) for one in head.alternates]
    lines += [f"<title>Links for {escape(name)}</title>", "</head>", "<body>", f"<h1>Links for {escape(name)}</h1>"]
    lines += [_link(row) for row in rows]
    lines += ["</body>", "</html>", ""]
    return "\n".join(lines).encode("utf-8", "replace")


class _Reader(HTMLParser):
    def __init__(self, base_url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = base_url
        self.meta: dict[str, str] = {}
        self.tracks: list[str] = []
        self.alternates: list[str] = []
        self.rows: list[FileRow] = []
        self.rejected: list[Rejected] = []
        self._based = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            found = dict(reversed(attrs))  # of a double attribute the first counts, as in every browser
            if found.get("href") is not None:
                self._link({key: value or "" for key, value in found.items()})
        elif tag == "base" and not self._based:
            href = dict(reversed(attrs)).get("href")
            if href:
                self._based = True
                try:
                    self.base = urljoin(self.base, href)
                except ValueError:
                    self.base = ""
        elif tag == "meta":
            told = dict(reversed(attrs))
            name, content = (told.get("name") or "").lower(), told.get("content") or ""
            if name == "pypi:tracks":
                self.tracks.append(content)
            elif name == "pypi:alternate-locations":
                self.alternates.append(content)
            elif name.startswith("pypi:"):
                self.meta.setdefault(name, content)

    def _link(self, told: dict[str, str]) -> None:
        href = told["href"].strip()
        try:
            address, _, fragment = urljoin(self.base, href).partition("#")
            filename = unquote(urlsplit(address).path).rpartition("/")[2]
        except ValueError:
            self.rejected.append((href[:256], _NO_LINK))
            return
        if not filename:
            return  # a link to a folder, not to a file
        algorithm, _, value = fragment.partition("=")
        self.rows.append(
            FileRow(
                filename,
                address,
                {algorithm: value.partition("&")[0]} if algorithm in _ALGORITHMS and value else {},
                told.get("data-requires-python") or None,
                None,
                None,
                (told["data-yanked"] or True) if "data-yanked" in told else False,
                _metadata(told.get("data-core-metadata")),
                _metadata(told.get("data-dist-info-metadata")),
                UNSET,
                told["data-gpg-sig"].lower() == "true" if "data-gpg-sig" in told else UNSET,
                told["data-provenance"] or None if "data-provenance" in told else UNSET,
            )
        )


def _metadata(text: str | None) -> Metadata | UnsetType:
    if text is None:
        return UNSET
    algorithm, found, value = text.partition("=")
    return {algorithm: value} if found and algorithm in _ALGORITHMS else text.lower() != "false"


def _meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{escape(content)}">'


def _link(row: FileRow) -> str:
    fragment = next((f"#{name}={row.hashes[name]}" for name in ("sha256", *row.hashes) if name in row.hashes), "")
    parts = [f'<a href="{escape(row.url + fragment)}"']
    if row.requires_python:
        parts.append(f'data-requires-python="{escape(row.requires_python)}"')
    for key, told in (
        ("data-core-metadata", row.core_metadata),
        ("data-dist-info-metadata", row.data_dist_info_metadata),
    ):
        if told is not UNSET and told is not False:
            value = "true" if told is True or not told else "=".join(_strongest(told))
            parts.append(f'{key}="{escape(value)}"')
    if row.gpg_sig is not UNSET:
        parts.append(f'data-gpg-sig="{"true" if row.gpg_sig else "false"}"')
    if row.yanked is not False:
        parts.append(f'data-yanked="{escape(row.yanked) if isinstance(row.yanked, str) else ""}"')
    if row.provenance:
        parts.append(f'data-provenance="{escape(row.provenance)}"')
    return " ".join(parts) + f">{escape(row.filename)}</a><br>"


def _strongest(hashes: dict[str, str]) -> tuple[str, str]:
    name = "sha256" if "sha256" in hashes else next(iter(hashes))
    return name, hashes[name]
