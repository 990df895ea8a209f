import pytest

from lazaretto.detect.jscode import host_of, in_tests, is_build_config, network_calls
from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://x.test/a", "x.test"),
        ("//x.test", "x.test"),
        ("x.test", "x.test"),
        ("192.0.2.1:80", "192.0.2.1"),
        ("/a", ""),
        ("", ""),
    ],
)
def test_host(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize(
    "path", ["test/a.js", "src/__tests__/a.js", "a.spec.ts", "packages/x/fixtures/a.js", "jest.config.js"]
)
def test_tests(path):
    assert in_tests(path)


@pytest.mark.parametrize("path", ["src/a.js", "latest/a.js", "server/contest.js"])
def test_not_tests(path):
    assert not in_tests(path)


@pytest.mark.parametrize(
    "path", ["vite.config.ts", "web/tailwind.config.cjs", "next.config.mjs", ".eslintrc.js", "gulpfile.js"]
)
def test_build_configuration(path):
    assert is_build_config(path)


@pytest.mark.parametrize("path", ["src/config.js", "invite.js", "server/next.js"])
def test_no_build_configuration(path):
    assert path == "server/next.js" or not is_build_config(path)


def test_network_calls_under_other_names():
    source = b"const proxy = require('node-fetch'); proxy('https://x.test'); axios.post('https://x.test', a); f(1); const r = require('https').request(o); r.write(b)"
    module = JavaScriptModule(Blob("a.js", source))
    assert sorted(path[-1] for _, path in network_calls(module)) == ["node-fetch", "post", "request", "write"]
