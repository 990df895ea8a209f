"""A fake registry on the loopback address, for the tests of everything that fetches."""

import importlib.util
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


class Loopback:
    """Serves `pages` (path -> (status, headers, body)) and remembers what was asked."""

    def __init__(self):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                status, headers, body = outer.pages.get(self.path, (404, {}, b"nothing here"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.pages = {}
        self.asked = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def add(self, path, body, status=200, **headers):
        self.pages[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def loopback():
    server = Loopback()
    yield server
    server.stop()


if "name_server" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("name_server", Path(__file__).with_name("name_server.py"))
    assert _spec is not None
    assert _spec.loader is not None
    sys.modules["name_server"] = _module = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(_module)
