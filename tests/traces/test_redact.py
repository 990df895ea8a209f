import time

import pytest

from lazaretto.traces.redact import redact


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("mysql --password hunter2secret db", "hunter2secret"),
        ("curl -H 'Authorization: Bearer abcdefghijkl' x", "abcdefghijkl"),
        ("curl -H 'Authorization: Basic dXNlcjpwYXNz' x", "dXNlcjpwYXNz"),
        ("NPM_TOKEN=abc123def npm publish", "abc123def"),
        ("npm config set //host/:_authToken=abc123def", "abc123def"),
        ("export AWS_SECRET_ACCESS_KEY='wJalrXUtnFEMI/K7'", "wJalrXUtnFEMI"),
        ("git clone https://me:s3cretpw@host.test/x", "s3cretpw"),
        ("git clone https://abcdefghijklmnopqrstuv@host.test/x", "abcdefghijklmnopqrstuv"),
        ("curl -u me:passw0rd https://x.test", "passw0rd"),
        ("x ghp_abcdefghijklmnopqrstuvwxyz0123456789", "ghp_abc"),
        ("x npm_abcdefghijklmnopqrstuvwxyz0123456789", "npm_abc"),
        ("x AKIAABCDEFGHIJKLMNOP", "AKIAABC"),
        ("x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc", "eyJhb"),
        ("cast send --private-key 0x" + "ab" * 32, "abab"),
        ("mysql -u root -phunter2 db", "hunter2"),
        ("pip install --index-url https://__token__:pypi-abc@x.test/simple evil", "pypi-abc"),
    ],
)
def test_secrets_go(line, secret):
    assert secret in line
    assert secret not in redact(line)
    assert "[secret]" in redact(line)


def test_what_was_done_stays():
    assert redact("npm install evil-graph@2.0.0 --save-dev") == "npm install evil-graph@2.0.0 --save-dev"
    assert redact("pip install token-bucket") == "pip install token-bucket"


@pytest.mark.parametrize("piece", ["token", "-", "a://", "password=", "x:", "eyJ.", "bearer ", "A", "mysql -p"])
def test_no_text_takes_long(piece):
    started = time.process_time()
    assert len(redact(piece * 200_000)) <= 200
    assert time.process_time() - started < 1.0
