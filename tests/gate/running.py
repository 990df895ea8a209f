"""A real gate in a thread of its own, for tests that speak to it as clients do."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lazaretto.adapters.http_client import ClientConfig
from lazaretto.adapters.upstreams import Upstream as Registry
from lazaretto.adapters.upstreams import upstream
from lazaretto.gate.background import in_background
from lazaretto.gate.keeper import Keeper
from lazaretto.gate.settings import Settings

ADMIN = "admin-token-of-the-tests"


@dataclass(frozen=True)
class Reply:
    status: int
    reason: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Gate:
    url: str
    keeper: Keeper
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def get(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Reply:
        """Send exactly this path. Header names are written with underscores."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in {**self.extra, **headers}.items():
                connection.putheader(name.replace("_", "-"), value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Reply(answer.status, answer.reason, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def raw(self, data: bytes) -> bytes:
        """Send raw bytes and read until the other side closes."""
        import socket

        host, port = self.host.split(":")
        with socket.create_connection((host, int(port)), timeout=20) as sock:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            found = bytearray()
            while piece := sock.recv(1 << 16):
                found += piece
            return bytes(found)

    def simple(self, name: str) -> Any:
        return self.get(f"/simple/{name}/", Accept="application/vnd.pypi.simple.v1+json").json

    def admin(self, path: str, method: str = "GET", body: object = None) -> Reply:
        data = None if body is None else json.dumps(body).encode()
        return self.get(f"/-/lazaretto/{path}", method, data, Authorization=f"Bearer {ADMIN}")

    def refresh(self) -> None:
        """Look at what changed elsewhere, now and not within a second."""
        self.keeper.rules.refresh()


def registries(url: str, *, private: str = "") -> tuple[Registry, ...]:
    http = ClientConfig()
    found = [upstream("npm", "npm", url, http), upstream("pypi", "pypi", f"{url}/simple/", http)]
    if private:
        found.append(upstream("npm-acme", "npm", private, http, names=("@acme/*",), private=True))
    return tuple(found)


@contextmanager
def gate(folder: Path, upstreams: tuple[Registry, ...], policy: str = "", **more: Any) -> Iterator[Gate]:
    folder.mkdir(parents=True, exist_ok=True)
    file = None
    if policy:
        file = folder / "policy.toml"
        file.write_text(policy, "utf-8")
    settings = Settings(
        **{
            "upstreams": upstreams,
            "policy_file": file,
            "store": str(folder / "gate.sqlite3"),
            "intel": "off",
            "cache": folder / "cache",
            "admin_token": ADMIN,
            "jobs": 1,
            **more,
        }
    )
    with in_background(settings) as running:
        yield Gate(running.url, running.keeper)
