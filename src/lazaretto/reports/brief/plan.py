"""The sentence plan: which sentences a brief has, in which order, from the facts alone. Deterministic.

Every sentence names the facts that it states and the sources that they come from; nothing is added that is not
recorded. Confidence words follow the usual estimative scale: what is reported is called reported.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from lazaretto.intel.attack import table
from lazaretto.intel.profiles import PROFILES
from lazaretto.model.campaign import CampaignFacts, ExposureSummary, Rung
from lazaretto.model.intel import Coverage, Scope, Trust
from lazaretto.model.text import N_, Message, Phrase
from lazaretto.reports.brief.brief import Brief, Section, Sentence, TechniqueRow
from lazaretto.reports.brief.severity import RECENT, WITHIN_A_YEAR, age, rate

INDICATORS = 400
"""Rows of the indicator table; what is left out is counted, and `intel export` writes all."""
_NAMED_PACKAGES = 6

HIGH, MODERATE, LOW = N_("high"), N_("moderate"), N_("low")
RUNGS: dict[Rung, str] = {
    Rung.NAMED: N_("named"),
    Rung.RESOLVED: N_("resolved"),
    Rung.FETCHED: N_("fetched"),
    Rung.INSTALLED: N_("installed"),
    Rung.EXECUTED: N_("executed"),
    Rung.INFECTED: N_("infected"),
}
_ECOSYSTEMS = {
    "npm": "npm",
    "pypi": "PyPI",
    "golang": "Go",
    "terraform": "Terraform",
    "composer": "Packagist",
    "cargo": "crates.io",
}
_UNKNOWN_ACTORS = ("", "unknown", "unnamed")


def plan(facts: CampaignFacts, exposure: ExposureSummary | None, today: date) -> Brief:
    """Return the brief of a campaign on a day."""
    rating = rate(facts, today)
    sections = (
        Section("overview", N_("Executive Overview"), tuple(_overview(facts))),
        Section("do-now", N_("Do now"), tuple(_do_now(facts)), "steps"),
        Section("judgements", N_("Key Judgements"), tuple(_judgements(facts, today)), "list"),
        Section("analysis", N_("Threat Analysis"), tuple(_analysis(facts)), "list"),
        Section("impact", N_("Impact Assessment"), tuple(_impact(facts, exposure)), "list"),
        Section("recommendations", N_("Recommendations"), tuple(_recommendations(facts)), "steps"),
        Section("gaps", N_("Not Known"), tuple(_gaps(facts, exposure)), "list"),
    )
    return Brief(
        facts=facts,
        made=today.isoformat(),
        rating=rating,
        sections=sections,
        indicators=tuple(one for one in facts.indicators if one.scope is not Scope.TARGET),
        techniques=tuple(_techniques(facts)),
        attack=table().version,
        references=tuple(sorted(facts.references, key=lambda one: (one.date, one.key))),
        tags=tuple(_tags(facts)),
    )


def _overview(facts: CampaignFacts) -> Iterator[Sentence]:
    campaign = facts.campaign
    dates = {"name": campaign.name, "first": campaign.first_seen, "last": campaign.last_seen}
    ids = _ids(facts, "campaign.first_seen", "campaign.last_seen", "campaign.actor")
    if _has_actor(facts):
        text = N_("{name} has been recorded from {first} to {last}; it is reported as work of {actor}.")
        yield Sentence(Message.of(text, {**dates, "actor": campaign.actor}), ids, _sources(facts))
    else:
        text = N_("{name} has been recorded from {first} to {last}; no source read here names an actor.")
        yield Sentence(Message.of(text, dates), ids, _sources(facts))
    profile = PROFILES.get(campaign.id)
    if profile:
        yield Sentence(Message.of(profile.summary[0]), _ids(facts, "campaign.description"), _sources(facts))
    elif campaign.description:
        text = N_("The records describe it like this: {text}")
        yield Sentence(
            Message.of(text, {"text": campaign.description}), _ids(facts, "campaign.description"), _sources(facts)
        )
    names = len({(record.ecosystem, record.name) for record in facts.packages})
    counts = {"packages": names, "indicators": len(facts.indicators), "read": facts.read}
    text = N_("As of {read}, {packages} package names and {indicators} indicators are recorded for it.")
    yield Sentence(Message.of(text, counts), _ids(facts, "packages", "indicators"), _value_sources(facts))


def _do_now(facts: CampaignFacts) -> Iterator[Sentence]:
    name = facts.campaign.id
    text = N_("Search every machine that developers use for traces of the campaign.")
    yield Sentence(
        Message.of(text), _ids(facts, "packages", "indicators"), (), f"lazaretto hunt --host --campaign {name}"
    )
    text = N_("Check repositories and lockfiles before they are opened, installed or run.")
    yield Sentence(Message.of(text), _ids(facts, "packages"), (), "lazaretto check PATH")


def _judgements(facts: CampaignFacts, today: date) -> Iterator[Sentence]:
    campaign = facts.campaign
    if _has_actor(facts):
        strength = _attribution(facts)
        text = N_("The attribution to {actor} is reported, not verified here ({confidence} confidence).")
        values = {"actor": campaign.actor, "confidence": Phrase(strength)}
        yield Sentence(Message.of(text, values), _ids(facts, "campaign.actor"), _sources(facts))
    days = age(facts, today)
    if days is not None:
        values = {"last": campaign.last_seen, "confidence": Phrase(MODERATE)}
        if days <= RECENT:
            text = N_(
                "The campaign is very likely still active: it was last recorded on {last} ({confidence} confidence)."
            )
        elif days <= WITHIN_A_YEAR:
            text = N_("The campaign may still be active: it was last recorded on {last} ({confidence} confidence).")
        else:
            text = N_(
                "The campaign in this form is probably over: it was last recorded on {last} ({confidence} confidence)."
            )
        yield Sentence(Message.of(text, values), _ids(facts, "campaign.last_seen"), _sources(facts))
    open_lists = [record for record in facts.packages if record.coverage in (Coverage.ALL, Coverage.LISTED)]
    if open_lists:
        text = N_(
            "Further packages under names that are not recorded here are likely ({confidence} confidence): the recorded ones were published over a long time under changing names."
        )
        yield Sentence(
            Message.of(text, {"confidence": Phrase(MODERATE)}), _ids(facts, "packages"), _package_sources(facts)
        )
    trusts = [record.trust for record in facts.packages] + [one.trust for one in facts.indicators]
    text = N_(
        "{n} of {all} recorded values rest on a researcher's own text or data, {low} on unverified pivots ({confidence} confidence)."
    )
    if trusts:
        counted = {
            "n": trusts.count(Trust.HIGH),
            "all": len(trusts),
            "low": trusts.count(Trust.LOW),
            "confidence": Phrase(HIGH),
        }
        yield Sentence(Message.of(text, counted), _ids(facts, "packages", "indicators"), _value_sources(facts))


def _analysis(facts: CampaignFacts) -> Iterator[Sentence]:
    campaign = facts.campaign
    profile = PROFILES.get(campaign.id)
    for sentence in profile.summary[1:] if profile else ():
        yield Sentence(Message.of(sentence), _ids(facts, "campaign.description"), _sources(facts))
    for trait in profile.traits if profile else ():
        known = trait.source if facts.reference(trait.source) else ""
        yield Sentence(
            Message.of(trait.sentence), _ids(facts, f"trait.{trait.id}"), (known,) if known else _sources(facts)
        )
    if campaign.fronts:
        companies = ", ".join(front.name for front in campaign.fronts)
        sources = tuple(dict.fromkeys(front.source for front in campaign.fronts if front.source))
        text = N_("It appears under the names of these companies, real or made up: {names}.")
        yield Sentence(Message.of(text, {"names": companies}), _ids(facts, "campaign.fronts"), sources)
    by_world: dict[str, list[str]] = {}
    for record in facts.packages:
        by_world.setdefault(record.ecosystem, []).append(record.name)
    for world, listed in by_world.items():
        names = sorted(dict.fromkeys(listed))
        sources = tuple(dict.fromkeys(record.source for record in facts.packages if record.ecosystem == world))[:4]
        values = {"world": _ECOSYSTEMS.get(world, world), "n": len(names), "names": ", ".join(names[:_NAMED_PACKAGES])}
        if len(names) > _NAMED_PACKAGES:
            text = N_("In {world}, {n} package names are recorded, among them {names}.")
        else:
            text = N_("In {world}, these package names are recorded ({n}): {names}.")
        yield Sentence(Message.of(text, values), _ids(facts, f"packages.{world}"), sources)
    kinds = Counter(one.kind for one in facts.indicators if one.scope is not Scope.TARGET)
    if kinds:
        listed_kinds = ", ".join(f"{kind} {number}" for kind, number in kinds.most_common(12))
        sources = tuple(source for source, _ in Counter(one.source for one in facts.indicators).most_common())
        text = N_("Recorded indicators by kind: {kinds}.")
        yield Sentence(Message.of(text, {"kinds": listed_kinds}), _ids(facts, "indicators"), sources)


def _impact(facts: CampaignFacts, exposure: ExposureSummary | None) -> Iterator[Sentence]:
    if exposure is None:
        text = N_("No hunt for this campaign has been run: whether we are hit is unknown, which does not mean clean.")
        yield Sentence(
            Message.of(text), _ids(facts, "exposure"), (), f"lazaretto hunt --host --campaign {facts.campaign.id}"
        )
    else:
        yield from _exposed(facts, exposure)
    text = N_("Whoever ran code of the campaign must take every secret on that machine as known to the attacker.")
    yield Sentence(Message.of(text), _ids(facts, "campaign.techniques"), _sources(facts))


def _exposed(facts: CampaignFacts, exposure: ExposureSummary) -> Iterator[Sentence]:
    values = {
        "at": exposure.at[:10],
        "machines": exposure.machines,
        "projects": exposure.projects,
        "places": exposure.places,
        "n": len(exposure.hits),
    }
    ids = _ids(facts, "exposure")
    if exposure.rung is None:
        text = N_(
            "The hunt of {at} looked at {machines} machines, {projects} projects and {places} places and found no trace."
        )
        yield Sentence(Message.of(text, values), ids)
    else:
        text = N_(
            "The hunt of {at} looked at {machines} machines, {projects} projects and {places} places and found {n} traces; the worst is: {rung}."
        )
        yield Sentence(Message.of(text, {**values, "rung": Phrase(RUNGS[exposure.rung])}), ids)
        for hit in sorted(exposure.hits, key=lambda one: -one.rung)[:10]:
            text = N_("{rung}: {what} in {place}")
            yield Sentence(
                Message.of(text, {"rung": Phrase(RUNGS[hit.rung]), "what": hit.what, "place": hit.place}), ids
            )
    if exposure.not_checked:
        text = N_("{n} places could not be looked at; about them nothing is known.")
        yield Sentence(Message.of(text, {"n": len(exposure.not_checked)}), ids)


def _recommendations(facts: CampaignFacts) -> Iterator[Sentence]:
    name = facts.campaign.id
    text = N_("Hunt on every developer machine and build agent, and keep the answer as evidence.")
    yield Sentence(
        Message.of(text),
        _ids(facts, "packages", "indicators"),
        (),
        f"lazaretto hunt --host --campaign {name} --format jsonl",
    )
    text = N_(
        "Examine every repository, archive and lockfile that came with a job offer before anybody opens it in an editor."
    )
    yield Sentence(Message.of(text), _ids(facts, "campaign.techniques"), (), "lazaretto check PATH")
    worlds = {record.ecosystem for record in facts.packages}
    for world, form in (("npm", "blocklist-npm"), ("pypi", "blocklist-pip")):
        if world in worlds:
            text = N_("Keep the recorded {world} packages out at your registry proxy.")
            yield Sentence(
                Message.of(text, {"world": _ECOSYSTEMS[world]}),
                _ids(facts, f"packages.{world}"),
                (),
                f"lazaretto intel export {name} --format {form} -o {form}.txt",
            )
    if any(one.kind in ("domain", "url") for one in facts.indicators):
        text = N_("Block the recorded hosts at your resolver and look for them in its logs.")
        yield Sentence(
            Message.of(text),
            _ids(facts, "indicators.domain"),
            (),
            f"lazaretto intel export {name} --format blocklist-dns -o hosts.rpz",
        )
    text = N_(
        "Run code from strangers only in a virtual machine without secrets, and confirm an offer through a contact that you found yourself."
    )
    yield Sentence(Message.of(text), _ids(facts, "campaign.techniques"))
    text = N_(
        "If code of the campaign ran: disconnect the machine, renew tokens and keys from another one, move wallets, keep the files as evidence."
    )
    yield Sentence(Message.of(text), _ids(facts, "campaign.techniques"))


def _gaps(facts: CampaignFacts, exposure: ExposureSummary | None) -> Iterator[Sentence]:
    if not _has_actor(facts):
        yield Sentence(Message.of(N_("Who is behind it is not known.")), _ids(facts, "campaign.actor"))
    kinds = {reference.kind for reference in facts.references}
    if "primary" not in kinds:
        text = N_(
            "The facts come from feeds and from reports about reports; no researcher's own report on the campaign was read."
        )
        yield Sentence(Message.of(text), _ids(facts, "references"))
    names = {(record.ecosystem, record.name) for record in facts.packages}
    without = {(record.ecosystem, record.name) for record in facts.packages if not record.versions}
    if without:
        text = N_("For {n} of {all} package names no list of versions is known.")
        yield Sentence(Message.of(text, {"n": len(without), "all": len(names)}), _ids(facts, "packages"))
    if not any(one.kind.startswith(("sha", "md5")) for one in facts.indicators):
        yield Sentence(Message.of(N_("No file of the campaign is known by its digest.")), _ids(facts, "indicators"))
    if exposure is None:
        yield Sentence(Message.of(N_("Our own exposure is not known.")), _ids(facts, "exposure"))
    yield Sentence(Message.of(N_("How many victims there are is not known from the records.")), _ids(facts, "campaign"))


def _techniques(facts: CampaignFacts) -> Iterator[TechniqueRow]:
    known = table()
    seen: set[str] = set()
    for recorded in facts.campaign.techniques:
        current = known.current(recorded)
        if current is None or current.id in seen:
            continue
        seen.add(current.id)
        old = tuple(
            dict.fromkeys((*known.old_ids.get(current.id, ()), *((recorded,) if recorded != current.id else ())))
        )
        yield TechniqueRow(current.id, known.full_name(current.id), ", ".join(current.tactics), old)


def _tags(facts: CampaignFacts) -> Iterator[str]:
    campaign = facts.campaign
    yield from dict.fromkeys((campaign.id, *campaign.aliases[:8], *campaign.ecosystems))
    if any(technique.startswith("T1195") for technique in campaign.techniques):
        yield "supply-chain"
    if any(technique.startswith("T1566") for technique in campaign.techniques):
        yield "social-engineering"


def _has_actor(facts: CampaignFacts) -> bool:
    return not facts.campaign.actor.lower().startswith(_UNKNOWN_ACTORS[1:]) and bool(facts.campaign.actor)


def _attribution(facts: CampaignFacts) -> str:
    """Say how far the attribution is to be believed: never high, it is somebody else's."""
    said = facts.campaign.actor.lower()
    if any(word in said for word in ("medium confidence", "as reported", "no other vendor", "overlap")):
        return LOW if "no other vendor" in said or "overlap" in said else MODERATE
    return MODERATE if len(facts.references) >= 2 else LOW


def _sources(facts: CampaignFacts) -> tuple[str, ...]:
    """Return the most telling sources: primary before secondary before feeds; the newest of each."""
    order = {"primary": 0, "secondary": 1, "cited": 2, "feed": 3}
    newest = sorted(facts.references, key=lambda one: one.date, reverse=True)
    return tuple(one.key for one in sorted(newest, key=lambda one: order.get(one.kind, 4)))[:2]


def _package_sources(facts: CampaignFacts) -> tuple[str, ...]:
    return tuple(source for source, _ in Counter(record.source for record in facts.packages).most_common(2))


def _value_sources(facts: CampaignFacts) -> tuple[str, ...]:
    """Return every source that a recorded value comes from, in the order of the references: a count rests on all."""
    used = {record.source for record in facts.packages} | {one.source for one in facts.indicators}
    return tuple(one.key for one in facts.references if one.key in used)


def _ids(facts: CampaignFacts, *names: str) -> tuple[str, ...]:
    return tuple(f"{facts.campaign.id}/{name}" for name in names)
