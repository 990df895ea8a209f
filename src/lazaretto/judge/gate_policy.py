"""The gate's policy file (TOML) read into a `GatePolicy`; `docs/gate-policy.md` is its page.

    load_policy(text)                        -> GatePolicy, or PolicyError: what, where, what to write instead
    rule(policy, candidate, known, ...)      -> Ruling (`gate_rule.py`; PolicyFor for whole pages)
    team_of(policy, token)                   -> team
    upstreams_for(policy, ecosystem, name)   -> who may be asked for a name

Every clause has a table by its id; a key that is not there has its default. A team's tables change single keys of the
base's; deny and allow lines of a team come on top of everybody's. Pure: environment variables are named here and read
elsewhere.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from lazaretto.judge.gate_clauses.catalog import CLAUSES
from lazaretto.judge.gate_clauses.clause import GateClause, Key, Kind
from lazaretto.judge.gate_reader import PolicyError, Table
from lazaretto.judge.gate_rule import PolicyFor, is_internal, mismatch, next_change, rule
from lazaretto.judge.gate_subject import WORLDS, Subject
from lazaretto.judge.gate_terms import (
    Action,
    Allow,
    Deny,
    GatePolicy,
    Mode,
    Override,
    Setting,
    TeamPolicy,
    Upstream,
    Value,
)
from lazaretto.judge.gate_waivers import check_approval
from lazaretto.model.gate import Approval
from lazaretto.model.text import N_, Message

__all__ = [
    "DEFAULT_POLICY",
    "GatePolicy",
    "PolicyError",
    "PolicyFor",
    "check_approval",
    "is_internal",
    "load_policy",
    "mismatch",
    "next_change",
    "rule",
    "team_of",
    "upstreams_for",
]

LARGEST: Final = 4 << 20
"""Characters of a policy file."""
OVERRIDABLE: Final = ("minimum", "new-package", "security-fix")

_TEAM = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_TOKEN = re.compile(r"sha256:[0-9a-f]{64}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_PUBLISHER = re.compile(r"(?:npm|pypi):\S{1,200}")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def load_policy(text: str) -> GatePolicy:
    """Read a policy file. An empty one is the default policy.

    Raises:
        PolicyError: not TOML, an unknown key, a value of the wrong kind, a waiver that would do nothing.
    """
    if len(text) > LARGEST:
        raise PolicyError(Message.of(N_("the policy has more than {limit} characters"), {"limit": LARGEST}))
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        message = Message.of(N_("the policy is not TOML: {error}"), {"error": error})
        raise PolicyError(message, line=int(line[1]) if line else text.count("\n") + 1) from error
    root = Table(text, document)
    name = root.words("name", "default")
    waiver_days = root.number("waiver-days", 90, 1, 3660)
    require_token = root.flag("require-token", default=False)
    base = _team(root, None, "")
    teams, tokens = _teams(root, base)
    upstreams = _upstreams(root)
    internal_table = root.table("internal")
    internal = internal_table.subjects("names", digests=False, ranges=False)
    internal_table.done()
    for upstream in upstreams:
        if upstream.private:
            internal += tuple(one for one in upstream.serves if one.name != "*")
    waivers = [_waiver(entry, teams) for entry in root.tables("waivers")]
    root.done()
    held = tuple(waiver for waiver, _ in waivers)
    policy = GatePolicy(
        name=name,
        digest=hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest()[:16],
        base=_with(base, held),
        teams=MappingProxyType({id_: _with(team, held) for id_, team in teams.items()}),
        tokens=MappingProxyType(tokens),
        require_token=require_token,
        internal=internal,
        upstreams=upstreams,
        waiver_days=waiver_days,
    )
    _check_waivers(policy, waivers)
    return policy


def team_of(policy: GatePolicy, token: str) -> str | None:
    """Return the team of a token; None = refuse the request: a token of nobody, or none where one is required.

    No token, and none required: the empty text, which is the base policy.
    """
    if not token:
        return None if policy.require_token else ""
    return policy.tokens.get(hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest())


def upstreams_for(policy: GatePolicy, ecosystem: str, name: str) -> tuple[Upstream, ...]:
    """Return who may be asked for a canonical name, those that serve it by name first.

    Internal names are asked at private upstreams only. Empty, though the policy has upstreams: nobody may be asked.
    """
    internal = is_internal(policy, ecosystem, name)
    found = [
        upstream
        for upstream in policy.upstreams
        if upstream.ecosystem == ecosystem
        and (upstream.private or not internal)
        and (not upstream.serves or any(one.names(ecosystem, name) for one in upstream.serves))
    ]
    return tuple(sorted(found, key=lambda upstream: (not upstream.serves, not upstream.private)))


def _teams(root: Table, base: TeamPolicy) -> tuple[dict[str, TeamPolicy], dict[str, str]]:
    teams: dict[str, TeamPolicy] = {}
    tokens: dict[str, str] = {}
    table = root.table("teams")
    for name in table.values:
        if not _TEAM.fullmatch(name):
            table.fail(name, N_("{key} is no team's name; write small letters, digits, . _ and -"))
        entry = table.table(name)
        for token in entry.texts("tokens"):
            if not _TOKEN.fullmatch(token):
                entry.wrong("tokens", "...", N_("the SHA-256 of a token, sha256: and 64 hexadecimal digits"))
            digest = token.partition(":")[2]
            if digest in tokens:
                entry.fail(
                    "tokens", N_("{key} holds a token of team {team}, too; give each its own"), team=tokens[digest]
                )
            tokens[digest] = name
        teams[name] = _team(entry, base, name)
        entry.done()
    return teams, tokens


def _team(table: Table, base: TeamPolicy | None, name: str) -> TeamPolicy:
    mode = Mode(table.choice("mode", base.mode if base else Mode.ENFORCE, [mode.value for mode in Mode]))
    settings = {
        clause.id: _setting(table.table(clause.id), clause, base.settings[clause.id] if base else None)
        for clause in CLAUSES
        if clause.settable
    }
    deny = tuple(_deny(entry) for entry in table.tables("deny"))
    allow = tuple(_allow(entry) for entry in table.tables("allow"))
    if base:
        deny, allow = (*base.deny, *deny), (*base.allow, *allow)
    return TeamPolicy(name, mode, MappingProxyType(settings), deny, allow)


def _setting(table: Table, clause: GateClause, base: Setting | None) -> Setting:
    values = {key.name: _value(table, key, base.values[key.name] if base else key.default) for key in clause.keys}
    setting = Setting(
        action=table.action("action", base.action if base else clause.action, clause.least),
        exceptions=table.subjects("except", base.exceptions if base else ()),
        private=table.flag("private", default=base.private if base else clause.private),
        values=MappingProxyType(values),
    )
    table.done()
    if clause.id == "examination" and setting.action is not Action.OFF and not setting.flag("fail-open"):
        for key in ("incomplete", "on-error"):
            if min(setting.action, setting.act(key)) < Action.QUARANTINE:
                template = N_(
                    "{key} would serve files that could not be examined; write quarantine, or fail-open = true too"
                )
                table.fail(key if key in table.values or "action" not in table.values else "action", template)
    return setting


def _value(table: Table, key: Key, default: Value) -> Value:
    match key.kind:
        case Kind.ACTION:
            assert isinstance(default, Action)
            return table.action(key.name, default, key.least)
        case Kind.DURATION:
            assert not isinstance(default, (Action, bool, tuple))
            return table.duration(key.name, default)
        case Kind.FLAG:
            return table.flag(key.name, default=default is True)
        case Kind.TEXTS:
            assert isinstance(default, tuple)
            return table.texts(key.name, tuple(one for one in default if isinstance(one, str)))
        case Kind.SUBJECTS:
            assert isinstance(default, tuple)
            return table.subjects(key.name, tuple(one for one in default if isinstance(one, Subject)))
        case Kind.OVERRIDES:
            assert isinstance(default, tuple)
            told = tuple(_override(entry) for entry in table.tables(key.name))
            return (*(one for one in default if isinstance(one, Override)), *told)


def _override(table: Table) -> Override:
    match_ = table.subjects("match", digests=False, ranges=False)
    if not match_:
        table.fail("match", N_("{key} is missing; write which names, such as npm:@acme/*"))
    durations = {key: table.duration(key, timedelta()) for key in OVERRIDABLE if key in table.values}
    table.asked.extend(OVERRIDABLE)
    table.done()
    if not durations:
        table.fail("", N_("{key} changes nothing; write minimum, new-package or security-fix"))
    return Override(match_, MappingProxyType(durations))


def _deny(table: Table) -> Deny:
    match_, publishers = table.subjects("match"), table.texts("publishers")
    if not match_ and not publishers:
        table.fail("match", N_("{key} is missing; write what is denied, such as npm:NAME@RANGE, or publishers"))
    for publisher in publishers:
        if not _PUBLISHER.fullmatch(publisher):
            table.wrong("publishers", publisher, N_("npm:ACCOUNT or pypi:ACCOUNT"))
    line = Deny(
        reason=table.words("reason", needed=True),
        match=match_,
        publishers=publishers,
        action=table.action("action", Action.BLOCK, Action.OBSERVE),
        owner=table.words("owner"),
        expires=table.moment("expires", end=True),
    )
    table.done()
    return line


def _allow(table: Table) -> Allow:
    text = table.words("match", needed=True)
    match_ = table.subject("match", text, digests=False)
    if not match_.exact or match_.glob:
        table.wrong("match", text, N_("one version of one name: npm:NAME@1.2.3 or pypi:NAME==1.2.3"))
    text = table.words("digest", needed=True)
    digest = table.subject("digest", text)
    if not digest.digest:
        table.wrong("digest", text, N_("sha256: or sha512: and hexadecimal digits, or sha512-BASE64 as in a lockfile"))
    line = Allow(
        match=match_,
        digest=digest,
        reason=table.words("reason", needed=True),
        owner=table.words("owner"),
        expires=table.moment("expires", end=True),
    )
    table.done()
    return line


def _waiver(table: Table, teams: Mapping[str, TeamPolicy]) -> tuple[Approval, Table]:
    subject = table.words("subject", needed=True)
    table.subject("subject", subject)
    created, expires = table.moment("created", end=False), table.moment("expires", end=True)
    for key, value in (("created", created), ("expires", expires)):
        if value is None:
            table.fail(key, N_("{key} is missing; write a day, 2027-01-31: a waiver has a beginning and an end"))
    assert expires is not None
    team = table.words("team")
    if team and team not in teams:
        table.choice("team", "", sorted(teams))
    waiver = Approval(
        id=table.words("id") or f"file:{subject}",
        subject=subject,
        clauses=table.texts("clauses"),
        reason=table.words("reason", needed=True),
        owner=table.words("owner", needed=True),
        expires=expires,
        team=team,
        approved_by=", ".join(table.texts("approved-by")),
        created=created,
    )
    table.done()
    return waiver, table


def _check_waivers(policy: GatePolicy, waivers: list[tuple[Approval, Table]]) -> None:
    for waiver, table in waivers:
        problem = check_approval(policy, waiver, from_file=True)
        if problem is not None:
            try:
                table.fail("", "")
            except PolicyError as place:
                raise PolicyError(problem, place.key, place.line) from None


def _upstreams(root: Table) -> tuple[Upstream, ...]:
    found: dict[str, Upstream] = {}
    for table in root.tables("upstreams"):
        upstream = _upstream(table)
        if upstream.id in found:
            table.fail("id", N_("{key}: {id} is there twice; give each upstream its own id"), id=upstream.id)
        found[upstream.id] = upstream
    return tuple(found.values())


def _upstream(table: Table) -> Upstream:
    id_ = table.words("id", needed=True)
    if not _TEAM.fullmatch(id_):
        table.wrong("id", id_, N_("small letters, digits, . _ and -"))
    table.words("ecosystem", needed=True)
    ecosystem = table.choice("ecosystem", "", WORLDS)
    address = table.words("url", needed=True)
    try:
        url = urlsplit(address)
        sound = (
            url.scheme in ("http", "https") and url.hostname and (url.port or 1) and not url.query and not url.fragment
        )
    except ValueError:
        sound = False
    if not sound:
        shown = "..." if "@" in address else address  # perhaps a password
        table.wrong("url", shown, N_("an address that begins with https:// and has no ? or #"))
    if url.username is not None or url.password is not None:
        template = N_("{key} holds credentials; write token-env or username-env and password-env, names of variables")
        table.fail("url", template)
    variables = {key: table.words(key) for key in ("token-env", "username-env", "password-env")}
    for key, value in variables.items():
        if value and not _VARIABLE.fullmatch(value):
            table.wrong(key, "...", N_("the name of an environment variable, not the secret itself"))
    if any(variables.values()) and url.scheme == "http" and url.hostname not in _LOOPBACK:
        table.fail("url", N_("{key} would send credentials unencrypted; write https://"))
    serves = table.subjects("serves", digests=False, ranges=False)
    for one in serves:
        if one.ecosystem != ecosystem:
            table.wrong("serves", one.text, N_("names of the upstream's own ecosystem"))
    upstream = Upstream(
        id=id_,
        ecosystem=ecosystem,
        url=address.rstrip("/"),
        serves=serves,
        private=table.flag("private", default=False),
        token_env=variables["token-env"],
        username_env=variables["username-env"],
        password_env=variables["password-env"],
        ca_file=table.words("ca-file"),
    )
    table.done()
    return upstream


def _with(team: TeamPolicy, waivers: tuple[Approval, ...]) -> TeamPolicy:
    return TeamPolicy(team.name, team.mode, team.settings, team.deny, team.allow, waivers)


DEFAULT_POLICY: Final = load_policy("")
"""What holds without a file: a laptop's policy. Scripts and builds are told, not refused."""
