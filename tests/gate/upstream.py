"""An inert registry for npm and PyPI on loopback: what stands behind the gate in tests, and what clients meet.

    with Upstream(world()) as upstream:
        upstream.url                    http://127.0.0.1:PORT, npm at the root, PyPI below /simple/
        upstream.requests               every request that arrived: method, path, headers (lower-case), status
        upstream.faults[PATH] = Fault() misbehaves for this path (PATH without query; `PREFIX*` globs)
        upstream.require = "Basic ..."  401 without this Authorization header
        upstream.put(NpmPackage(...))   something new is published
        upstream.flagged = {"lz-bad"}   PEP 792 `quarantined`

It speaks what real registries speak: full and abbreviated packuments, dist-tags, `/NAME/VERSION`, both encodings of
scopes, keys, attestations, audit, ping; PEP 503/691/700/714/658/592/740/792, `/pypi/NAME/json`, HEAD, Range, ETag,
gzip, keep-alive.
"""

import base64
import gzip
import hashlib
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import quote, unquote, urlsplit

from .packages import NpmPackage, NpmVersion, PyProject, World, canonical, sri, world

ABBREVIATED = "application/vnd.npm.install-v1+json"
SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"
SIMPLE_HTML = "application/vnd.pypi.simple.v1+html"
BINARY = "application/octet-stream"


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    status: int


@dataclass(frozen=True)
class Fault:
    """How one path misbehaves; what is not given stays as it is."""

    status: int = 0
    reason: str = ""
    body: bytes | None = None
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    """Added to the answer; `Location` for a redirect."""
    reset_after: int | None = None
    """Bytes of the body after which the connection is closed."""
    length: int | None = None
    """Content-Length that is told instead of the true one."""
    delay: float = 0.0
    """Seconds before the answer."""
    stall_after: int | None = None
    """Bytes after which it pauses for `delay` seconds (instead of before)."""
    endless: int = 0
    """Bytes of padding sent after the body, without a Content-Length."""
    times: int = -1
    """How often; -1 = always."""


@dataclass
class Answer:
    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class Upstream:
    def __init__(self, packages: World | None = None, *, file_host: str = "") -> None:
        self.world = packages or world()
        self.npm = {package.name: package for package in self.world.npm}
        self.pypi = {project.canonical: project for project in self.world.pypi}
        self.requests: list[Seen] = []
        self.faults: dict[str, Fault] = {}
        self.require = ""
        self.flagged: set[str] = set()
        self.file_host = file_host
        """Base of the file links, when files live on another host; empty = this one."""
        self.hook: Callable[[str, str], Answer | None] = lambda _method, _path: None
        """Asked first with method and path."""
        self.lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._tarballs: dict[tuple[int, str], bytes] = {}

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"upstream": self})
        server = type("Server", (ThreadingHTTPServer,), {"daemon_threads": True, "request_queue_size": 256})
        self._server = server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def put(self, *packages: NpmPackage | PyProject) -> None:
        for package in packages:
            if isinstance(package, NpmPackage):
                self.npm[package.name] = package
            else:
                self.pypi[package.canonical] = package

    def paths(self, method: str = "") -> list[str]:
        """Decoded paths that were asked, in order."""
        return [unquote(seen.path) for seen in self.requests if not method or seen.method == method]

    def files(self) -> set[str]:
        """File names of archives that were served whole or in part."""
        served = (path.rpartition("/")[2] for path in (urlsplit(s.path).path for s in self.requests if s.status < 300))
        return {unquote(name) for name in served if name.endswith((".tgz", ".whl", ".tar.gz"))}

    def clear(self) -> None:
        self.requests.clear()

    # npm

    def packument(self, package: NpmPackage) -> dict[str, Any]:
        versions = {one.version: self.npm_version(package, one) for one in package.versions}
        dates = {one.version: _iso(one.published) for one in package.versions if one.published}
        told = sorted(dates.values())
        found: dict[str, Any] = {
            "_id": package.name,
            "_rev": f"{len(versions)}-0",
            "name": package.name,
            "dist-tags": {"latest": package.versions[-1].version, **package.tags},
            "versions": versions,
            "readme": f"# {package.name}\n",
            "license": package.versions[-1].licence,
        }
        if dates:
            found["time"] = {"created": told[0], "modified": told[-1], **dates}
        return found

    def tarball(self, package: NpmPackage, version: NpmVersion) -> bytes:
        key = id(package), version.version
        if key not in self._tarballs:
            self._tarballs[key] = package.tarball(version)
        return self._tarballs[key]

    def npm_version(self, package: NpmPackage, version: NpmVersion) -> dict[str, Any]:
        data = self.tarball(package, version)
        path = f"odd/{package.base}.{version.version}.tgz" if version.odd_path else f"-/{package.filename(version)}"
        dist: dict[str, Any] = {
            "integrity": sri(data),
            "shasum": hashlib.sha1(data).hexdigest(),
            "tarball": f"{self.file_host or self.url}/{package.name}/{path}",
            "fileCount": 2,
            "unpackedSize": len(data) * 2,
            "signatures": [{"keyid": "SHA256:inert", "sig": base64.b64encode(b"inert").decode()}],
        }
        if version.attested:
            spec = quote(f"{package.name}@{version.version}", safe="@/")
            dist["attestations"] = {
                "url": f"{self.url}/-/npm/v1/attestations/{spec}",
                "provenance": {"predicateType": "https://slsa.dev/provenance/v1"},
            }
        found = {
            **package.manifest(version),
            "name": package.name,
            "_id": f"{package.name}@{version.version}",
            "dist": dist,
            "_npmUser": {"name": version.publisher, "email": "x@example.test"},
            "maintainers": [{"name": version.publisher, "email": "x@example.test"}],
        }
        if version.deprecated:
            found["deprecated"] = version.deprecated
        return found

    def _abbreviated(self, full: dict[str, Any]) -> dict[str, Any]:
        kept = ("name", "version", "dependencies", "bin", "dist", "engines", "deprecated", "optionalDependencies")
        versions = {}
        for number, version in full["versions"].items():
            versions[number] = {key: version[key] for key in kept if key in version}
            if {"preinstall", "install", "postinstall"} & set(version.get("scripts", ())):
                versions[number]["hasInstallScript"] = True
        found = {"name": full["name"], "dist-tags": full["dist-tags"], "versions": versions}
        if "time" in full:
            found["modified"] = full["time"]["modified"]
        return found

    def _npm(self, method: str, path: str, accept: str) -> Answer:
        if path == "/-/ping":
            return _json({})
        if path == "/-/npm/v1/keys":
            key = {"expires": None, "keyid": "SHA256:inert", "keytype": "ecdsa-sha2-nistp256", "scheme": "x", "key": ""}
            return _json({"keys": [key]})
        if path.startswith("/-/npm/v1/attestations/"):
            return _json({"attestations": [{"predicateType": "https://slsa.dev/provenance/v1", "bundle": {}}]})
        if path.startswith("/-/npm/v1/security/"):
            return _json({})
        if path == "/-/whoami":
            return _json({"username": "somebody"})
        if path.startswith("/-/v1/search"):
            return _json({"objects": [], "total": 0})
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if parts[0].startswith("@") and "/" not in parts[0] and len(parts) > 1:
            parts = [f"{parts[0]}/{parts[1]}", *parts[2:]]
        package = self.npm.get(parts[0])
        if package is None:
            return _json({"error": "Not found"}, 404)
        if method == "PUT":
            return _json({"ok": True}, 201)
        if len(parts) == 1:
            full = self.packument(package)
            if ABBREVIATED in accept:
                return _json(self._abbreviated(full), content_type=ABBREVIATED)
            return _json(full)
        if len(parts) == 2:
            number = self.packument(package)["dist-tags"].get(parts[1], parts[1])
            found = next((one for one in package.versions if one.version == number), None)
            return _json(self.npm_version(package, found)) if found else _json({"error": "version not found"}, 404)
        for version in package.versions:
            if parts[-1] in {package.filename(version), f"{package.base}.{version.version}.tgz"}:
                data = self.tarball(package, version)
                return Answer(200, data[:-4] + b"\0\0\0\1" if version.spoiled else data, BINARY)
        return _json({"error": "Not found"}, 404)

    # PyPI

    def page(self, project: PyProject) -> dict[str, Any]:
        files = []
        for one in project.files:
            row: dict[str, Any] = {
                "filename": one.filename,
                "url": self.file_url(project, one.filename),
                "hashes": {"sha256": one.sha256},
                "size": len(one.data),
                "yanked": one.version.yanked if one.version.yanked is not None else False,
            }
            if one.version.published:
                row["upload-time"] = _iso(one.version.published)
            if one.version.requires_python:
                row["requires-python"] = one.version.requires_python
            if one.metadata is not None:
                digest = {"sha256": hashlib.sha256(one.metadata).hexdigest()}
                row |= {"core-metadata": digest, "data-dist-info-metadata": digest}
            if one.version.attested:
                row["provenance"] = (
                    f"{self.url}/integrity/{project.canonical}/{one.version.version}/{one.filename}/provenance"
                )
            files.append(row)
        found: dict[str, Any] = {
            "meta": {"api-version": "1.4", "_last-serial": len(files)},
            "name": project.canonical,
            "versions": [one.version for one in project.versions],
            "files": files,
        }
        status = "quarantined" if project.canonical in self.flagged else project.status
        if status:
            found["project-status"] = {"status": status}
        return found

    def file_url(self, project: PyProject, filename: str) -> str:
        return f"{self.file_host or self.url}/packages/{project.canonical}/{filename}"

    def _html(self, page: dict[str, Any]) -> bytes:
        rows = []
        for one in page["files"]:
            more = f' data-requires-python="{escape(one["requires-python"])}"' if "requires-python" in one else ""
            if one["yanked"] is not False:
                more += f' data-yanked="{escape(one["yanked"])}"'
            if "core-metadata" in one:
                digest = one["core-metadata"]["sha256"]
                more += f' data-core-metadata="sha256={digest}" data-dist-info-metadata="sha256={digest}"'
            if "provenance" in one:
                more += f' data-provenance="{escape(one["provenance"])}"'
            rows.append(f'<a href="{one["url"]}#sha256={one["hashes"]["sha256"]}"{more}>{one["filename"]}</a><br/>')
        status = page.get("project-status", {}).get("status")
        meta = f'<meta name="pypi:project-status" content="{status}">' if status else ""
        head = f'<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.4">{meta}'
        return f"{head}<title>Links for {page['name']}</title></head><body>{''.join(rows)}</body></html>".encode()

    def _simple(self, path: str, accept: str) -> Answer:
        name = unquote(path.removeprefix("/simple/").strip("/"))
        as_json = SIMPLE_JSON in accept
        if not name:
            names = sorted(self.pypi)
            rows = "".join(f'<a href="/simple/{one}/">{one}</a>' for one in names).encode()
            listing = {"meta": {"api-version": "1.4"}, "projects": [{"name": one} for one in names]}
            return _json(listing, content_type=SIMPLE_JSON) if as_json else Answer(200, rows, "text/html")
        project = self.pypi.get(canonical(name))
        if project is None:
            return Answer(404, b"404 Not Found", "text/plain")
        if not path.endswith("/") or name != project.canonical:
            return Answer(301, b"", "text/plain", {"Location": f"/simple/{project.canonical}/"})
        page = self.page(project)
        if as_json:
            return _json(page, content_type=SIMPLE_JSON)
        kind = SIMPLE_HTML if SIMPLE_HTML in accept and "text/html" not in accept else "text/html"
        return Answer(200, self._html(page), kind)

    def _pypi_file(self, path: str) -> Answer:
        parts = [unquote(part) for part in path.split("/")]
        project = self.pypi.get(parts[2]) if len(parts) == 4 else None
        for one in project.files if project else ():
            if parts[3] == one.filename:
                return Answer(200, one.data[:-1] + b"\1" if one.version.spoiled else one.data, BINARY)
            if parts[3] == one.filename + ".metadata" and one.metadata is not None:
                return Answer(200, one.metadata, BINARY)
        return Answer(404, b"404 Not Found", "text/plain")

    def _legacy(self, path: str) -> Answer:
        parts = [unquote(part) for part in path.strip("/").split("/")]
        project = self.pypi.get(canonical(parts[1])) if len(parts) in {3, 4} and parts[-1] == "json" else None
        if project is None:
            return _json({"message": "Not Found"}, 404)
        page = self.page(project)
        releases: dict[str, list[dict[str, Any]]] = {one.version: [] for one in project.versions}
        for row, one in zip(page["files"], project.files, strict=True):
            releases[one.version.version].append(
                {
                    "filename": row["filename"],
                    "url": row["url"],
                    "digests": row["hashes"],
                    "size": row["size"],
                    "packagetype": "bdist_wheel" if row["filename"].endswith(".whl") else "sdist",
                    "upload_time_iso_8601": row.get("upload-time"),
                    "yanked": row["yanked"] is not False,
                    "yanked_reason": row["yanked"] or None,
                }
            )
        number = parts[2] if len(parts) == 4 else project.versions[-1].version
        if number not in releases:
            return _json({"message": "Not Found"}, 404)
        version = next(one for one in project.versions if one.version == number)
        info = {
            "name": project.name,
            "version": number,
            "summary": "inert",
            "requires_dist": list(version.requires) or None,
            "requires_python": version.requires_python or None,
            "license": version.licence,
            "yanked": version.yanked is not None,
            "yanked_reason": version.yanked,
        }
        found: dict[str, Any] = {"info": info, "last_serial": 1, "urls": releases[number], "vulnerabilities": []}
        return _json(found if len(parts) == 4 else {**found, "releases": releases})

    def answer(self, method: str, path: str, accept: str) -> Answer:
        mine = self.hook(method, path)
        if mine is not None:
            return mine
        if path.startswith("/simple/") and not path.startswith("/simple/-/"):  # npm has a package of this name
            return self._simple(path, accept)
        if path.startswith(("/packages/", "/files/")) and not path.startswith(
            "/files/-/"
        ):  # the gate's own links are /files/NAME/FILENAME
            return self._pypi_file(path)
        if path.startswith("/pypi/"):
            return self._legacy(path)
        if path.startswith("/integrity/"):
            bundle = {"publisher": {"kind": "GitHub", "repository": "acme/x"}, "attestations": []}
            return _json({"version": 1, "attestation_bundles": [bundle]})
        return self._npm(method, path, accept)

    def fault(self, path: str) -> Fault | None:
        with self.lock:
            for pattern, fault in self.faults.items():
                if fault.times and fnmatchcase(unquote(path), pattern):
                    if fault.times > 0:
                        self.faults[pattern] = Fault(**{**fault.__dict__, "times": fault.times - 1})
                    return fault
        return None


class _Handler(BaseHTTPRequestHandler):
    upstream: Upstream
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        path = urlsplit(self.path).path if not self.path.startswith("//") else self.path
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        del sent
        fault = self.upstream.fault(path) or Fault()
        if fault.delay and fault.stall_after is None:
            time.sleep(fault.delay)
        if self.upstream.require and self.headers.get("Authorization", "") != self.upstream.require:
            answer = Answer(401, b"{}", headers={"WWW-Authenticate": 'Basic realm="inert"'})
        else:
            answer = self.upstream.answer(self.command, path, self.headers.get("Accept", ""))
            answer = self._conditional(answer) if answer.status == 200 and self.command in {"GET", "HEAD"} else answer
        answer = Answer(
            fault.status or answer.status,
            answer.body if fault.body is None else fault.body,
            fault.content_type or answer.content_type,
            {**answer.headers, **fault.headers},
        )
        headers = {key.lower(): value for key, value in self.headers.items()}
        self.upstream.requests.append(Seen(self.command, self.path, headers, answer.status))
        self._send(answer, fault)

    def _conditional(self, answer: Answer) -> Answer:
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
        answer.headers |= {"ETag": tag, "Vary": "Accept, Accept-Encoding"}
        if answer.content_type != BINARY:
            answer.headers["Cache-Control"] = "max-age=60"
            if self.headers.get("If-None-Match") == tag:
                return Answer(304, b"", answer.content_type, answer.headers)
            if "gzip" in self.headers.get("Accept-Encoding", "") and len(answer.body) > 500:
                answer.body = gzip.compress(answer.body, 1, mtime=0)
                answer.headers["Content-Encoding"] = "gzip"
            return answer
        answer.headers["Accept-Ranges"] = "bytes"
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if asked and (asked[1] or asked[2]):
            size = len(answer.body)
            start = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
            end = min(int(asked[2]) + 1 if asked[1] and asked[2] else size, size)
            if start >= end:
                return Answer(416, b"", BINARY, {"Content-Range": f"bytes */{size}"})
            answer.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
            return Answer(206, answer.body[start:end], BINARY, answer.headers)
        return answer

    def _send(self, answer: Answer, fault: Fault) -> None:
        self.send_response(answer.status, fault.reason or None)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Type", answer.content_type)
            if fault.endless:
                self.send_header("Connection", "close")
                self.close_connection = True
            else:
                self.send_header("Content-Length", str(len(answer.body) if fault.length is None else fault.length))
        self.end_headers()
        if self.command == "HEAD" or answer.status == 304:
            return
        body = answer.body
        if fault.stall_after is not None:
            self.wfile.write(body[: fault.stall_after])
            self.wfile.flush()
            time.sleep(fault.delay)
            body = body[fault.stall_after :]
        self.wfile.write(body if fault.reset_after is None else body[: fault.reset_after])
        for _ in range(fault.endless // 65536):
            self.wfile.write(b" " * 65536)
        if fault.reset_after is not None or fault.length is not None:
            self.close_connection = True

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

    def log_message(self, *_arguments: object) -> None:
        pass


def _json(value: object, status: int = 200, content_type: str = "application/json") -> Answer:
    return Answer(status, json.dumps(value).encode(), content_type)


def _iso(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z") if moment else ""
