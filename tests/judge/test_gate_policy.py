"""The policy file: what is read, and what every mistake is told."""

import hashlib
import json
import re
import tomllib
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.judge.gate_clauses.catalog import BY_ID, CLAUSES
from lazaretto.judge.gate_policy import (
    DEFAULT_POLICY,
    PolicyError,
    is_internal,
    load_policy,
    rule,
    team_of,
    upstreams_for,
)
from lazaretto.judge.gate_reader import line_of
from lazaretto.judge.gate_schema import schema
from lazaretto.judge.gate_subject import SubjectError, read_subject
from lazaretto.judge.gate_terms import Action, Mode
from lazaretto.model.gate import Candidate, Listing
from lazaretto.model.verdict import Outcome

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "examples" / "gate-policy.toml").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


def test_an_empty_file_is_the_default():
    assert DEFAULT_POLICY.mode is Mode.ENFORCE
    settings = DEFAULT_POLICY.base.settings
    assert set(settings) == {clause.id for clause in CLAUSES if clause.settable}
    assert settings["age"].duration("minimum") == timedelta(hours=72)
    assert settings["new-package"].duration("minimum") == timedelta(days=14)
    assert {id_ for id_, one in settings.items() if one.action is Action.WARN} == {
        "scripts", "builds", "publisher", "yanked", "deprecated",
    }  # fmt: skip


def test_the_digest_is_of_the_meaning():
    one, other = load_policy('mode = "warn"\nname = "a"'), load_policy('# hello\nname = "a"\nmode = "warn"\n')
    assert one.digest == other.digest
    assert one.digest != load_policy('mode = "warn"\nname = "b"').digest
    assert len(one.digest) == 16


def test_the_example_loads():
    policy = load_policy(EXAMPLE)
    assert policy.name == "acme"
    assert set(policy.teams) == {"web", "laptop", "ci"}
    assert policy.fail_open == ("laptop",)
    assert team_of(policy, "test") == "web"
    young = Candidate(Listing("npm", "fresh-lib", NOW, 1), "2.1.3", "f.tgz", published=NOW)
    assert rule(policy, young, team="web", now=NOW).outcome is Outcome.ALLOW
    assert rule(policy, young, team="ci", now=NOW).outcome is Outcome.QUARANTINE
    assert is_internal(policy, "npm", "@acme/ui")
    assert [one.id for one in upstreams_for(policy, "npm", "@acme/ui")] == ["acme-npm"]
    assert [one.id for one in upstreams_for(policy, "npm", "acme-ui")] == []
    assert [one.id for one in upstreams_for(policy, "npm", "react")] == ["npm"]
    assert [one.id for one in upstreams_for(policy, "pypi", "acme-tools")] == ["acme-pypi"]


def test_a_private_upstream_for_everything_makes_no_name_internal():
    policy = load_policy("""
        [[upstreams]]
        id = "mirror"
        ecosystem = "npm"
        url = "http://127.0.0.1:4873/"
        private = true
        token-env = "T"
        [[upstreams]]
        id = "public"
        ecosystem = "npm"
        url = "https://registry.example.test/npm/"
    """)
    assert policy.internal == ()
    assert [(one.id, one.url) for one in upstreams_for(policy, "npm", "x")] == [
        ("mirror", "http://127.0.0.1:4873"),
        ("public", "https://registry.example.test/npm"),
    ]


def test_tokens():
    digest = hashlib.sha256(b"secret").hexdigest()
    policy = load_policy(f'[teams.web]\ntokens = ["sha256:{digest}"]')
    assert team_of(policy, "secret") == "web"
    assert team_of(policy, "other") is None
    assert team_of(policy, "") == ""
    assert team_of(load_policy("require-token = true"), "") is None


WRONG = {
    "mod = 1": "line 1: mod is unknown; did you mean mode?",
    "[agge]\nminimum = '3d'": "line 1: agge is unknown; did you mean age?",
    "[age]\n\nminimun = '3d'": "line 3: age.minimun is unknown; did you mean minimum?",
    "[age]\non_error = 'warn'": "line 2: age.on_error is unknown; what may stand here: action, except, fixes, minimum, "
    "override, private, security-fix",
    "[examination]\non_error = 'block'": "line 2: examination.on_error is unknown; did you mean on-error?",
    "[age]\nminimum = 72": 'line 2: age.minimum is 72; write a text with a unit: "30m", "72h", "14d" or "2w"',
    "age.minimum = '3 days'": 'line 1: age.minimum is "3 days"; write a text with a unit: "30m", "72h", "14d" or "2w"',
    "[age]\naction = 'deny'": 'line 2: age.action is "deny"; write one of off, observe, warn, quarantine, block',
    "mode = 'strict'": 'line 1: mode is "strict"; write one of enforce, warn, observe',
    "age = 3": "line 1: age is 3; write a table, [name] on a line of its own",
    "[deny]\nmatch = 'npm:x'": 'line 1: deny is {"match": "npm:x"}; write a list of tables, [[name]] before each of them',
    "[scripts]\nexcept = ['esbuild']": 'line 2: scripts.except holds "esbuild"; write npm:NAME, npm:NAME@RANGE, '
    "pypi:NAME==VERSION or sha256:HEX",
    "[scripts]\nexcept = 'npm:x@rubbish range'": 'line 2: scripts.except holds "npm:x@rubbish range"; write '
    "npm:NAME@1.2.3 or npm:NAME@>=1.2.0 <2",
    "[scripts]\nprivate = 'yes'": 'line 2: scripts.private is "yes"; write true or false, without quotation marks',
    "[[deny]]\nmatch = 'npm:x'": "line 1: deny[1].reason is missing; write a text",
    "[[deny]]\nmatch = 'npm:x'\nreason = 'r'\n[[deny]]\nreason = 'r'": "line 4: deny[2].match is missing; write what is "
    "denied, such as npm:NAME@RANGE, or publishers",
    "[[deny]]\nmatch = 'npm:x'\nreason = 'r'\naction = 'off'": 'line 4: deny[1].action is "off"; write one of observe, '
    "warn, quarantine, block",
    "[[deny]]\nreason = 'r'\npublishers = ['bob']": 'line 3: deny[1].publishers is "bob"; write npm:ACCOUNT or '
    "pypi:ACCOUNT",
    "[[allow]]\nmatch = 'npm:x'\ndigest = 'sha256:1'\nreason = 'r'": 'line 2: allow[1].match is "npm:x"; write one '
    "version of one name: npm:NAME@1.2.3 or pypi:NAME==1.2.3",
    "[[allow]]\nmatch = 'npm:x@1.0.0'\ndigest = 'sha256:1'\nreason = 'r'": 'line 3: allow[1].digest holds "sha256:1"; '
    "write sha256: and 64 hexadecimal digits",
    "[[age.override]]\nmatch = 'npm:x@1.0.0'\nminimum = '1d'": 'line 2: age.override[1].match is "npm:x@1.0.0"; write a '
    "name without a version: npm:NAME, npm:@SCOPE/*, pypi:NAME",
    "[[age.override]]\nmatch = 'npm:x'": "line 1: age.override[1] changes nothing; write minimum, new-package or "
    "security-fix",
    "[examination]\non-error = 'warn'": "line 2: examination.on-error would serve files that could not be examined; "
    "write quarantine, or fail-open = true too",
    "[examination]\naction = 'warn'": "line 2: examination.action would serve files that could not be examined; "
    "write quarantine, or fail-open = true too",
    "[malware]\naction = 'off'\n[malwares]": "line 3: malwares is unknown; did you mean malware?",
    "[mismatch]\naction = 'off'": "line 1: mismatch is unknown; what may stand here: ",
    "[teams.'Web!']": "line 1: teams.Web! is no team's name; write small letters, digits, . _ and -",
    "[teams.web]\ntokens = ['secret']": 'line 2: teams.web.tokens is "..."; write the SHA-256 of a token, sha256: and '
    "64 hexadecimal digits",
    "[teams.web.age]\nminimum = 3": 'line 2: teams.web.age.minimum is 3; write a text with a unit: "30m", "72h", "14d" '
    'or "2w"',
    "[[waivers]]\nsubject = 'npm:x'": "line 1: waivers[1].created is missing; write a day, 2027-01-31: a waiver has a "
    "beginning and an end",
    "waiver-days = 0": "line 1: waiver-days is 0; write a whole number from 1 to 3660",
    "mode = ": "line 1: the policy is not TOML: Invalid value",
    "[[upstreams]]\nid = 'a'\necosystem = 'gem'\nurl = 'https://a.example.test'": 'line 3: upstreams[1].ecosystem is '
    '"gem"; write one of npm, pypi',
    "[[upstreams]]\nid = 'a'\necosystem = 'npm'\nurl = 'https://u:p@a.example.test'": "line 4: upstreams[1].url holds "
    "credentials; write token-env or username-env and password-env, names of variables",
    "[[upstreams]]\nid = 'a'\necosystem = 'npm'\nurl = 'ftp://u:p@a.example.test'": 'line 4: upstreams[1].url is "..."; '
    "write an address that begins with https:// and has no ? or #",
    "[[upstreams]]\nid = 'a'\necosystem = 'npm'\nurl = 'http://a.example.test'\ntoken-env = 'T'": "line 4: "
    "upstreams[1].url would send credentials unencrypted; write https://",
    "[[upstreams]]\nid = 'a'\necosystem = 'npm'\nurl = 'https://a.example.test'\ntoken-env = 'npm_s3cret-x'": "line 5: "
    'upstreams[1].token-env is "..."; write the name of an environment variable, not the secret itself',
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_every_mistake_says_what_where_and_what_to_write(text):
    with pytest.raises(PolicyError) as caught:
        load_policy(text)
    assert str(caught.value).startswith(WRONG[text])
    assert caught.value.line


WAIVER = """
[[waivers]]
subject = "{subject}"
clauses = ["{clause}"]
reason = "r"
owner = "kim"
created = 2026-11-01
expires = {expires}
"""


@pytest.mark.parametrize(
    ("subject", "clause", "expires", "error"),
    [
        ("npm:x", "mismatch", "2026-12-01", "approval file:npm:x: nothing lifts the clause mismatch"),
        ("npm:x", "internal", "2026-12-01", "approval file:npm:x: nothing lifts the clause internal"),
        ("npm:x", "agee", "2026-12-01", "approval file:npm:x: agee is no clause; did you mean age?"),
        ("npm:x", "age", "2027-12-01", "approval file:npm:x lasts longer than 90 days; give an earlier expiry"),
        ("npm:x", "age", "2026-10-01", "approval file:npm:x expires before it was created"),
        ("npm:x", "malware", "2026-12-01", "approval file:npm:x: malware needs two approvers other than the owner"),
    ],
)
def test_waivers_that_would_do_nothing_are_errors(subject, clause, expires, error):
    with pytest.raises(PolicyError) as caught:
        load_policy(WAIVER.format(subject=subject, clause=clause, expires=expires))
    assert str(caught.value) == f"line 2: {error}"
    assert caught.value.key == "waivers[1]"


def test_a_waiver_of_ninety_days_is_sound():
    load_policy(WAIVER.format(subject="npm:x", clause="age", expires="2027-01-30"))
    with pytest.raises(PolicyError):
        load_policy(WAIVER.format(subject="npm:x", clause="age", expires="2027-01-31"))


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("npm:left-pad", ("npm", "left-pad", "", "")),
        ("npm:@a/b@^1.2", ("npm", "@a/b", "^1.2", "")),
        ("npm:@a/b@=1.2.3", ("npm", "@a/b", "=1.2.3", "1.2.3")),
        ("pypi:Zope.Interface==1.0", ("pypi", "zope-interface", "==1.0", "1.0")),
        ("pypi:requests>=2,<3", ("pypi", "requests", ">=2,<3", "")),
        ("pypi:requests==2.*", ("pypi", "requests", "==2.*", "")),
    ],
)
def test_subjects(text, facts):
    subject = read_subject(text)
    assert (subject.ecosystem, subject.name, subject.versions, subject.exact) == facts


def test_digests_as_lockfiles_spell_them():
    integrity = "sha512-" + "A" * 86 + "=="
    assert read_subject(integrity).digest == "sha512:" + "0" * 128
    assert read_subject("sha256:" + "AB" * 32).digest == "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    "text", ["", "x", "npm:", "npm:a b", "gem:x", "sha256:xyz", "sha1:" + "a" * 40, "npm:***a*b*c*d*e", "pypi:x==", "npm:" + "a" * 999]
)  # fmt: skip
def test_what_is_no_subject(text):
    with pytest.raises(SubjectError):
        read_subject(text)


@given(st.text(max_size=80))
def test_any_text_is_a_subject_or_an_error(text):
    for head in ("", "npm:", "pypi:", "sha512:"):
        try:
            read_subject(head + text)
        except SubjectError:
            continue


@given(
    st.recursive(st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=9), st.lists, max_leaves=5),
    st.data(),
)
def test_any_value_anywhere_is_read_or_an_error(value, data):
    """Every key of the schema with any value: a policy, or an error with a key."""
    if value is None:
        return
    clause = data.draw(st.sampled_from([one for one in CLAUSES if one.settable]))
    key = data.draw(st.sampled_from(["action", "except", "private", *[key.name for key in clause.keys]]))
    try:
        text = f"[{clause.id}]\n{key} = {json.dumps(value)}\n"
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    wrong = None
    try:
        load_policy(text)
    except PolicyError as error:
        wrong = error
    assert wrong is None or (wrong.key and wrong.line == 2)


def test_lines():
    text = 'a = 1\n[x]\ny.z = 2\n[[l]]\nk = 1\n[[l]]\nk = 2\n[l.t]\n"q r" = 3\n'
    assert line_of(text, ("a",)) == 1
    assert line_of(text, ("x", "y", "z")) == 3
    assert line_of(text, ("l", 1, "k")) == 5
    assert line_of(text, ("l", 2, "k")) == 7
    assert line_of(text, ("l", 2, "t", "q r")) == 9
    assert line_of(text, ("l", 2, "t", "missing")) == 8
    assert line_of(text, ("nothing",)) == 0


def test_the_schema_is_the_one_that_is_shipped():
    path = files("lazaretto.reports") / "schema" / "gate-policy-1.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == schema()
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_schema_takes_the_example_and_refuses_what_is_wrong():
    validator = jsonschema.Draft202012Validator(schema())
    validator.validate(json.loads(json.dumps(tomllib.loads(EXAMPLE), default=str)))
    wrong = [text for text in WRONG if text != "mode = "]
    unseen = [text for text in wrong if validator.is_valid(json.loads(json.dumps(tomllib.loads(text), default=str)))]
    assert {WRONG[text].split("; write")[0].split(": ", 1)[1] for text in unseen} == SCHEMA_CANNOT_SAY


SCHEMA_CANNOT_SAY = {
    'age.override[1].match is "npm:x@1.0.0"',
    'allow[1].digest holds "sha256:1"',
    'allow[1].match is "npm:x"',
    "examination.action would serve files that could not be examined",
    "examination.on-error would serve files that could not be examined",
    'scripts.except holds "npm:x@rubbish range"',
    "upstreams[1].url would send credentials unencrypted",
}


def test_every_clause_is_documented():
    page = (ROOT / "docs" / "gate-policy.md").read_text(encoding="utf-8")
    for clause in CLAUSES:
        row = next(line for line in page.splitlines() if line.startswith(f"| `{clause.id}` |"))
        if clause.settable:
            assert f"`{clause.action.word}`" in row
        assert {"yes": "yes", "two": "two approvers", "file": "by the file", "never": "never"}[clause.waivable] in row
        for key in clause.keys:
            assert f"`{key.name}`" in page
    assert len(BY_ID) == len(CLAUSES)


def test_the_documented_policies_load():
    page = (ROOT / "docs" / "gate-policy.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 6
    for block in blocks:
        load_policy("[teams.web]\n" + block if "[[waivers]]" in block else block)
