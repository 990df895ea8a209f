"""The words of the gate's policy: what `load_policy` reads and `rule` obeys.

    GatePolicy
    |-- base: TeamPolicy            what holds for everybody
    |-- teams: NAME -> TeamPolicy   what holds for the bearers of a team's tokens
    |       |-- settings            one Setting for each clause
    |       |-- deny, allow, internal
    |       `-- waivers
    `-- upstreams                   where packages come from

All are frozen. A policy is compared by identity: two loads are two policies; `digest` says whether they say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType

from lazaretto.judge.gate_subject import Subject
from lazaretto.model.gate import Approval
from lazaretto.model.verdict import Outcome


class Action(IntEnum):
    """What a clause asks for, weakest first."""

    OFF = 0
    """The clause is not looked at."""
    OBSERVE = 1
    """Only the decision log says so."""
    WARN = 2
    """Served; the client and the log are told."""
    QUARANTINE = 3
    """Withheld until it ends or somebody approves."""
    BLOCK = 4
    """Refused."""

    @property
    def outcome(self) -> Outcome:
        """What it comes to for the file."""
        if self is Action.BLOCK:
            return Outcome.BLOCK
        return Outcome.QUARANTINE if self is Action.QUARANTINE else Outcome.ALLOW

    @property
    def word(self) -> str:
        """As the file spells it."""
        return self.name.lower()


class Mode(StrEnum):
    """What the whole policy does with its refusals; mismatch, malware and internal names obey no mode."""

    ENFORCE = "enforce"
    WARN = "warn"
    """Refuses nothing; the client is told what would be refused."""
    OBSERVE = "observe"
    """Refuses nothing; the log alone tells."""


class Waivable(StrEnum):
    """Who may lift a clause."""

    NEVER = "never"
    FILE = "file"
    """Only a waiver of the policy file, whose author made the rule as well."""
    TWO = "two"
    """Two approvers, neither of them the owner; the clause and one version or file must be named."""
    YES = "yes"


Value = Action | timedelta | bool | tuple[Subject, ...] | tuple[str, ...] | tuple["Override", ...]


@dataclass(frozen=True, slots=True)
class Override:
    """Other durations for some packages (`[[age.override]]`)."""

    match: tuple[Subject, ...]
    durations: Mapping[str, timedelta]


@dataclass(frozen=True, slots=True)
class Setting:
    """One clause as the file sets it."""

    action: Action
    exceptions: tuple[Subject, ...] = ()
    """What the clause does not look at; empty = it looks at everything."""
    private: bool = True
    """Does it look at packages of private upstreams?"""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    """The clause's own keys, every one of them filled in."""

    def duration(self, key: str) -> timedelta:
        """Return a duration."""
        value = self.values[key]
        assert isinstance(value, timedelta)
        return value

    def act(self, key: str) -> Action:
        """Return an action of the clause's own."""
        value = self.values[key]
        assert isinstance(value, Action)
        return value

    def flag(self, key: str) -> bool:
        """Return a flag."""
        return self.values[key] is True

    def subjects(self, key: str) -> tuple[Subject, ...]:
        """Return subjects."""
        value = self.values[key]
        assert isinstance(value, tuple)
        return tuple(one for one in value if isinstance(one, Subject))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return texts."""
        value = self.values[key]
        assert isinstance(value, tuple)
        return tuple(one for one in value if isinstance(one, str))

    def overrides(self) -> tuple[Override, ...]:
        """Return the overrides, in the file's order; the last that matches wins."""
        value = self.values.get("override", ())
        assert isinstance(value, tuple)
        return tuple(one for one in value if isinstance(one, Override))


@dataclass(frozen=True, slots=True)
class Deny:
    """One line of the deny list."""

    reason: str
    match: tuple[Subject, ...] = ()
    publishers: tuple[str, ...] = ()
    """`ecosystem:account`, globs allowed. Both empty is an error."""
    action: Action = Action.BLOCK
    owner: str = ""
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Allow:
    """One line of the allow list: one version of one name with its digest; it skips the soft clauses."""

    match: Subject
    digest: Subject
    reason: str
    owner: str = ""
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Upstream:
    """A registry that packages come from."""

    id: str
    ecosystem: str
    url: str
    """Without credentials; no slash at the end."""
    serves: tuple[Subject, ...] = ()
    """Names that it is asked for; empty = every name."""
    private: bool = False
    """One of the user's own: internal names are looked up here and nowhere else."""
    token_env: str = ""
    """Environment variable with a bearer token."""
    username_env: str = ""
    password_env: str = ""
    ca_file: str = ""
    """Path of certificates to trust besides the system's."""


@dataclass(frozen=True, slots=True, eq=False)
class TeamPolicy:
    """The policy of one team, whole: what its table does not say is the base's."""

    name: str
    """Empty for the base."""
    mode: Mode
    settings: Mapping[str, Setting]
    """Clause id -> setting, for every clause that has one."""
    deny: tuple[Deny, ...] = ()
    allow: tuple[Allow, ...] = ()
    waivers: tuple[Approval, ...] = ()
    """Of the file. `team` says for whom."""


@dataclass(frozen=True, slots=True, eq=False)
class GatePolicy:
    """A policy file, read and checked."""

    name: str
    digest: str
    """Of the file's meaning, 16 hexadecimal digits: comments and order of keys do not count."""
    base: TeamPolicy
    teams: Mapping[str, TeamPolicy] = field(default_factory=lambda: MappingProxyType({}))
    tokens: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """SHA-256 of a token, hexadecimal -> team."""
    require_token: bool = False
    """Is a request without a token refused?"""
    internal: tuple[Subject, ...] = ()
    """Names that exist at private upstreams only, those that private upstreams serve by name among them."""
    upstreams: tuple[Upstream, ...] = ()
    """Empty = those of the user's own client configuration."""
    waiver_days: int = 90
    """How long an approval may last."""

    @property
    def mode(self) -> Mode:
        """The mode for those without a team."""
        return self.base.mode

    @property
    def fail_open(self) -> tuple[str, ...]:
        """For whom files are served that were not, or could not be, examined: team names, empty text = the base."""
        return tuple(team.name for team in (self.base, *self.teams.values()) if _is_open(team))

    def team(self, name: str) -> TeamPolicy:
        """Return a team's policy; the base for a name that is no team's."""
        return self.teams.get(name, self.base)


def _is_open(team: TeamPolicy) -> bool:
    setting = team.settings["examination"]
    return setting.action is Action.OFF or setting.flag("fail-open")
