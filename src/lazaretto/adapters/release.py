"""What the registry says of a package: age, order of versions, publisher. Asked only when the network is allowed.

npm's documents are asked from the user's own npm (`npm view`), Python's from the configured index, as for the files
themselves. What cannot be had is a partial gap: the files were examined all the same.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lazaretto.adapters.client_config import PythonIndex
from lazaretto.adapters.http_client import Fetcher, FetchError
from lazaretto.adapters.registry_npm import check_name, run_npm
from lazaretto.adapters.registry_pypi import ACCEPT, PAGE_BYTES
from lazaretto.adapters.target import TargetError
from lazaretto.ecosystems import npm, npm_release, pypi, pypi_release
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.purl import purl
from lazaretto.model.release import ReleaseFacts
from lazaretto.model.text import N_, Message
from lazaretto.parse.archive_names import printable

_ANSWER_BYTES = 64 << 20
_DOCUMENT_BYTES = 8 << 20

Answer = tuple[ReleaseFacts | None, list[Gap]]


def npm_facts(name: str, version: str, folder: Path, environment: Mapping[str, str]) -> Answer:
    """Ask npm about an exact version and the one below it; about the newest alone when `version` is empty.

    `folder` is ours.
    """
    subject = purl("npm", name, version)
    try:
        document = _view(name, version, folder, environment)
    except TargetError as error:
        return None, [_gap(subject, error.message.english())]
    if document is None:
        return None, [_gap(subject, "npm view")]
    gaps: list[Gap] = []
    if not version:
        return npm_release.facts(document, str(document.get("version", ""))), gaps
    before = npm_release.previous_version(document, version)
    older = None
    if before and npm.is_exact(before):
        try:
            older = _view(name, before, folder, environment)
        except TargetError as error:
            gaps.append(_gap(purl("npm", name, before), error.message.english()))
    return npm_release.facts(document, version, older), gaps


def pypi_facts(name: str, version: str, index: PythonIndex) -> Answer:
    """Ask the first configured index that has the project; and its document of the release, if it has such a thing.

    Without a version only what holds for the whole project is told.
    """
    project = pypi.normalize(name)
    subject = purl("pypi", project, version)
    complaint = "no index"
    fetcher = Fetcher(index.http)
    try:
        for url in index.urls:
            root = url.rstrip("/")
            try:
                _, headers, body = fetcher.get(f"{root}/{project}/", PAGE_BYTES, {"Accept": ACCEPT})
            except FetchError as error:
                complaint = str(error)
                continue
            kind = next((value for key, value in headers.items() if key.lower() == "content-type"), "")
            page = _json(body) if "json" in kind else None
            if page is None:
                complaint = "HTML"
                continue
            document = None
            if version and root.endswith("/simple"):
                try:
                    _, _, body = fetcher.get(
                        f"{root.removesuffix('/simple')}/pypi/{project}/{version}/json", _DOCUMENT_BYTES, {}
                    )
                    document = _json(body)
                except FetchError:
                    document = None  # few indexes have it; what it would have told stays unknown
            return pypi_release.facts(page, project, version, document), []
    finally:
        fetcher.close()
    return None, [_gap(subject, complaint)]


def _view(name: str, version: str, folder: Path, environment: Mapping[str, str]) -> dict[str, Any] | None:
    check_name(name, version)
    wanted = f"{name}@{version or 'latest'}"
    done = run_npm(["view", wanted, "--json", "--loglevel=error"], folder / "npm", environment, wanted)
    return _json(done.stdout) if done.returncode == 0 and len(done.stdout) <= _ANSWER_BYTES else None


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    return document if isinstance(document, dict) else None


def _gap(subject: str, error: str) -> Gap:
    reason = N_("the registry's metadata cannot be had: {error}")
    return Gap(Stage.NETWORK, subject, Message.of(reason, {"error": printable(error)[:300]}), partial=True)
