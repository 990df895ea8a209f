import base64

import pytest

from lazaretto.detect.rules.javascript.decoded_url_fetched import RULE

HIDDEN = base64.b64encode(b"https://files.example.test/a").decode()


@pytest.mark.parametrize(
    "source",
    [
        f'fetch(atob("{HIDDEN}"))',
        f'const KEY = "{HIDDEN}"; const src = atob(KEY); (async () => {{ const f = (await import("node-fetch")).default; await f(src) }})()',
        f"axios.post(Buffer.from('{HIDDEN}', 'base64').toString('utf8'), {{}})",
    ],
)
def test_hidden_addresses(look, source):
    assert look(RULE, source) == [
        (1, "HIGH", "MEDIUM", "fetches an address that is hidden by an encoding: files.example.test")
    ]


def test_address_from_the_environment(look):
    assert [f[1:] for f in look(RULE, "const s = atob(process.env.K); axios.get(s)")] == [
        ("HIGH", "MEDIUM", "fetches an address that is hidden by an encoding: a decoded environment value")
    ]


@pytest.mark.parametrize(
    "source",
    [
        'fetch("https://files.example.test", { headers: { authorization: "Basic " + btoa(x), y: atob(z) } })',
        "const body = atob(x); axios.post('https://files.example.test', body)",
        "const u = atob(param); axios.get(u)",
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source) == []
