"""A version that is younger than the policy's minimum age."""

from datetime import timedelta

from lazaretto.ecosystems.ranges import compare
from lazaretto.intel.standing import is_live, iso_now
from lazaretto.judge.gate_clauses.clause import (
    Case,
    Check,
    GateClause,
    Key,
    Kind,
    day,
    hit,
    later,
    moment,
    params,
    span,
)
from lazaretto.judge.gate_subject import Subject
from lazaretto.judge.gate_terms import Action, Setting
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_


def minimum_of(case: Case, setting: Setting, key: str) -> timedelta:
    """Return a duration of `[age]` for this listing: the last override that matches, else the clause's own.

    `key` is `minimum` or `security-fix`. An override that does not set the key does not change it.
    """
    found = setting.duration(key)
    return overridden(case, setting, key, found) if setting.values["override"] else found


def overridden(case: Case, age: Setting, key: str, found: timedelta) -> timedelta:
    """Return what the overrides of `[age]` make of a duration."""
    for override in age.overrides():
        if key in override.durations and any(
            one.names(case.listing.ecosystem, case.listing.name) for one in override.match
        ):
            found = override.durations[key]
    return found


def _prepare(case: Case, setting: Setting) -> Check | None:
    minimum = minimum_of(case, setting, "minimum")
    if minimum <= timedelta():
        return None
    shorter = min(minimum, minimum_of(case, setting, "security-fix"))
    listing, now = case.listing, case.now
    old_enough = now - minimum
    fixes: list[Subject] = []
    if setting.values["fixes"]:
        fixes = [one for one in setting.subjects("fixes") if one.digest or one.names(listing.ecosystem, listing.name)]

    def check(candidate: Candidate, known: Known) -> Hit | None:
        published = candidate.published
        if published is None or published <= old_enough:
            return None
        wait = minimum
        if shorter < minimum and (fix := _fixed(candidate, known)):
            wait = shorter
            if published <= now - wait:
                return None
            template = N_(
                "{name} {version} was published on {published} and fixes {fix}; such a version waits {minimum}, "
                "until {until}"
            )
        else:
            fix = ""
            template = N_("{name} {version} was published on {published}; a new version waits {minimum}, until {until}")
        until = later(published, wait)
        said = params(candidate, published=day(published), minimum=span(wait), until=moment(until))
        if fix:
            said["fix"] = fix
        return hit("age", setting.action, template, said, until)

    def _fixed(candidate: Candidate, known: Known) -> str:
        if known.fixes:
            return known.fixes
        for one in fixes:
            if one.covers(candidate):
                return one.text
        for record in known.records:
            for stretch in record.spans:
                if (
                    stretch.fixed
                    and compare(listing.ecosystem, candidate.version, stretch.fixed) == 0
                    and is_live(record, iso_now(now))
                ):
                    return record.advisory or record.source
        return ""

    return check


CLAUSE = GateClause(
    "age",
    N_("A version that is too new"),
    Action.QUARANTINE,
    _prepare,
    private=False,
    keys=(
        Key("minimum", Kind.DURATION, timedelta(hours=72), "How old a version must be."),
        Key(
            "security-fix",
            Kind.DURATION,
            timedelta(hours=24),
            "How old a version must be that fixes an advisory: one of `fixes`, or the version at which a recorded "
            "malicious stretch ends.",
        ),
        Key("fixes", Kind.SUBJECTS, (), "Versions that are known to fix an advisory."),
        Key(
            "override",
            Kind.OVERRIDES,
            (),
            "Other durations for some names: `match`, and any of `minimum`, `new-package`, `security-fix`. The last "
            "that matches wins.",
        ),
    ),
)
