"""A release of the Python world, read from the user's configured index without running anything of it.

pip itself cannot be asked to download an sdist: it runs the package's build to learn its metadata. So the index page
is read here (PEP 503 HTML or PEP 691/700 JSON), and the files are fetched and compared with the digests it gives.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from packaging.tags import Tag, sys_tags
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from lazaretto.adapters.client_config import PythonIndex
from lazaretto.adapters.http_client import Fetcher, FetchError
from lazaretto.adapters.target import TargetError
from lazaretto.ecosystems import pypi
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.text import N_, Message
from lazaretto.parse.archive_names import printable
from lazaretto.parse.limits import Limits

PAGE_BYTES = 64 << 20
ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"
_DIGESTS = ("sha256", "sha512", "sha384", "sha224", "blake2b", "sha1", "md5")


@dataclass(frozen=True, slots=True)
class Release:
    """One file of a project's index page."""

    name: str
    url: str
    digest: tuple[str, str]
    """Algorithm and hexadecimal value; empty texts when the index gives none."""
    version: Version
    is_sdist: bool
    is_pure: bool
    yanked: bool


def fetch_pypi(
    name: str, version: str, folder: Path, index: PythonIndex, limits: Limits
) -> tuple[str, list[Path], list[Gap]]:
    """Fetch a release's sdist and one wheel (a pure one, else one that fits this computer) into `folder`.

    Returns its exact version, the files, and what was left out.

    Raises:
        TargetError: no index, no such project or version, or nothing could be fetched.
    """
    shown = f"{name}=={version}" if version else name
    if not pypi.is_name(name):
        raise TargetError(
            N_("{name} is not the name of a PyPI project"), {"name": printable(name)[:200]}, exit_kind="usage"
        )
    if version and not pypi.is_exact(version):
        hint = N_("write pypi:NAME==1.2.3")
        raise TargetError(N_("{version} is not an exact version"), {"version": printable(version)[:200]}, hint, "usage")
    if not index.urls:
        raise TargetError(
            N_("{package}: no Python package client is installed whose index could be asked"),
            {"package": shown},
            N_("install pip or uv, or set PIP_INDEX_URL"),
        )
    fetcher = Fetcher(index.http)
    try:
        chosen = _releases(pypi.normalize(name), version, shown, index, fetcher)
        files, gaps = [], []
        picked, left = _picked(chosen)
        if left:
            reason = N_("{count} other files of this release were not fetched, for instance {name}")
            gaps.append(
                Gap(Stage.NETWORK, shown, Message.of(reason, {"count": len(left), "name": left[0].name}), partial=True)
            )
        for release in picked:
            path = folder / release.name
            trouble = _save(release, path, fetcher, limits)
            if trouble is None:
                files.append(path)
                if not release.digest[0]:
                    reason = N_("the index gives no digest: the file could not be verified")
                    gaps.append(Gap(Stage.NETWORK, release.name, Message.of(reason), partial=True))
            else:
                gaps.append(Gap(Stage.NETWORK, release.name, trouble))
        if not files:
            raise TargetError(
                N_("{package} cannot be fetched: {error}"), {"package": shown, "error": gaps[-1].reason.english()}
            )
        return str(chosen[0].version), files, gaps
    finally:
        fetcher.close()


def _releases(project: str, version: str, shown: str, index: PythonIndex, fetcher: Fetcher) -> list[Release]:
    """All files of the wanted version, from the first index that has it."""
    complaint = ""
    known = False
    for url in index.urls:
        page = f"{url.rstrip('/')}/{project}/"
        try:
            final, headers, body = fetcher.get(page, PAGE_BYTES, {"Accept": ACCEPT})
        except FetchError as error:
            complaint = complaint if error.status == 404 else str(error)
            continue
        known = True
        files = list(read_page(final, headers, body))
        if version:
            wanted = [file for file in files if file.version == Version(version)]
        else:
            usable = [file for file in files if not file.yanked]
            stable = [file for file in usable if not file.version.is_prerelease] or usable
            newest = max((file.version for file in stable), default=None)
            wanted = [file for file in usable if file.version == newest]
        if wanted:
            return wanted
    if complaint:
        raise TargetError(N_("{package} cannot be fetched: {error}"), {"package": shown, "error": printable(complaint)})
    if known:
        raise TargetError(N_("the index has no files for {package}"), {"package": shown}, N_("check the version"))
    raise TargetError(N_("the index has no project {package}"), {"package": shown}, N_("check the spelling"))


def fits(name: str) -> bool:
    """Tell whether a wheel can be installed by this Python on this computer, by its name."""
    try:
        return not parse_wheel_filename(name)[3].isdisjoint(_tags())
    except InvalidWheelFilename:
        return False


@cache
def _tags() -> frozenset[Tag]:
    return frozenset(sys_tags())


def _picked(files: list[Release]) -> tuple[list[Release], list[Release]]:
    sdists = sorted(
        (file for file in files if file.is_sdist), key=lambda file: (not file.name.endswith(".tar.gz"), file.name)
    )
    wheels = sorted(
        (file for file in files if not file.is_sdist),
        key=lambda file: (not file.is_pure, not fits(file.name), file.name),
    )
    picked = [*sdists[:1], *wheels[:1]]
    return picked, sorted((file for file in files if file not in picked), key=lambda file: file.name)


def _save(release: Release, path: Path, fetcher: Fetcher, limits: Limits) -> Message | None:
    """Fetch one file; return what went wrong, None when nothing did."""
    try:
        with path.open("wb") as out:
            fetcher.save(release.url, out, limits.archive_bytes)
    except FetchError as error:
        return Message.of(N_("cannot be fetched: {error}"), {"error": printable(str(error))})
    except OSError as error:
        return Message.of(N_("cannot be written: {error}"), {"error": error.strerror or "unknown"})
    algorithm, value = release.digest
    if algorithm:
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, algorithm).hexdigest() != value:
                return Message.of(
                    N_("its {algorithm} digest is not the one that the index gives"), {"algorithm": algorithm}
                )
    return None


def read_page(url: str, headers: Mapping[str, str], body: bytes) -> Iterator[Release]:
    """Yield the sdists and wheels of an index page, JSON or HTML; what is no release file is passed over."""
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    rows = _json_rows(body) if "json" in kind else _html_rows(body)
    for name, address, digest, yanked in rows:
        release = _release(name, urljoin(url, address), digest, yanked=yanked)
        if release is not None:
            yield release


def _release(name: str, url: str, digest: tuple[str, str], *, yanked: bool) -> Release | None:
    if not name or "/" in name or "\\" in name or name.startswith(".") or not name.isprintable() or len(name) > 255:
        return None
    if urlsplit(url).scheme not in ("https", "http"):
        return None
    try:
        if name.endswith(".whl"):
            _, version, _, tags = parse_wheel_filename(name)
            pure = any(tag.abi == "none" and tag.platform == "any" for tag in tags)
            return Release(name, url, digest, version, False, pure, yanked)
        _, version = parse_sdist_filename(name)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion, ValueError):
        return None
    return Release(name, url, digest, version, True, True, yanked)


_Row = tuple[str, str, tuple[str, str], bool]


def _json_rows(body: bytes) -> Iterator[_Row]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return
    files = document.get("files") if isinstance(document, dict) else None
    for row in files if isinstance(files, list) else []:
        if not isinstance(row, dict):
            continue
        name, url, hashes = row.get("filename"), row.get("url"), row.get("hashes")
        if isinstance(name, str) and isinstance(url, str):
            yield name, url, _strongest(hashes if isinstance(hashes, dict) else {}), bool(row.get("yanked"))


def _strongest(hashes: Mapping[object, object]) -> tuple[str, str]:
    for algorithm in _DIGESTS:
        value = hashes.get(algorithm)
        if isinstance(value, str) and value:
            return algorithm, value.lower()
    return "", ""


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[_Row] = []
        self._open: dict[str, str] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open, self._text = {name: value or "" for name, value in attrs}, ""

    def handle_data(self, data: str) -> None:
        if self._open is not None and len(self._text) < 1000:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag != "a" or self._open is None:
            return
        address, _, fragment = self._open.get("href", "").partition("#")
        algorithm, _, value = fragment.partition("=")
        digest = (algorithm, value.lower()) if algorithm in _DIGESTS and value else ("", "")
        name = self._text.strip() or unquote(urlsplit(address).path.rpartition("/")[2])
        self.rows.append((name, address, digest, "data-yanked" in self._open))
        self._open = None


def _html_rows(body: bytes) -> Iterator[_Row]:
    parser = _Anchors()
    parser.feed(body.decode("utf-8", "replace"))
    yield from parser.rows
