"""What it sees
    A file of the folder that points a package client past the user's own registry: `.npmrc` (`registry`,
    `@scope:registry`), `.yarnrc`, `.yarnrc.yml`, `bunfig.toml`, `pip.conf`, `--index-url` and its relatives in
    requirements files, `[[tool.uv.index]]`, Poetry and Pipfile sources.

Why it matters
    Who answers for the registry decides what is installed. A project file overrides what the user or the company set.

Example
    .npmrc:  @acme:registry=http://203.0.113.7:4873/

What to do
    Ask who runs that registry. Remove the line and install from your own.

False alarms
    Companies and PyTorch users point to a second index all the time (low).

References
    npmrc(5); pip "Configuration"; PEP 708 on why a second index is dangerous; ATT&CK T1195.001.
"""

from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.hosts import HostKind, host_kind, is_public_registry
from lazaretto.parse.manifests import ClientConfig, Source


def check(view: ClientConfig) -> Iterator[Match | Signal]:
    """Judge each place by its host and its transport."""
    for source in view.sources:
        match = _judge(source)
        if match is not None:
            yield match
            yield Signal("registry", f"{source.scope or '*'}\t{source.url[:200]}", view.path, source.line)


def _judge(source: Source) -> Match | None:
    url = source.url
    if url.startswith(("$", "{", ".", "/", "file:", "%")) or "${" in url[:20]:
        return None
    if "trusted-host" in source.key:
        return _match(N_("{key} switches off certificate checks for {url}"), source, Severity.MEDIUM, Confidence.LOW)
    kind = host_kind(url)
    if kind is HostKind.LOCAL:
        return _match(N_("{key} points the package client to {url}"), source, Severity.LOW, Confidence.LOW)
    if is_public_registry(url):
        return None
    if kind is HostKind.ADDRESS:
        return _match(
            N_("{key} points the package client to a bare address: {url}"), source, Severity.HIGH, Confidence.MEDIUM
        )
    if kind in {HostKind.SHORTENER, HostKind.THROWAWAY}:
        return _match(
            N_("{key} points the package client to a throw-away host: {url}"), source, Severity.HIGH, Confidence.MEDIUM
        )
    if url.lower().startswith("http://"):
        return _match(
            N_("{key} points the package client to {url}, without encryption"),
            source,
            Severity.MEDIUM,
            Confidence.MEDIUM,
        )
    return _match(N_("{key} points the package client to {url}"), source, Severity.LOW, Confidence.MEDIUM)


def _match(template: str, source: Source, severity: Severity, confidence: Confidence) -> Match:
    return Match(
        template,
        line=source.line,
        params={"key": source.key, "url": source.url[:200]},
        severity=severity,
        confidence=confidence,
    )


RULE = Rule(
    id="client/registry-repointed",
    title=N_("A file of the folder re-points the package client"),
    view=ClientConfig,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__,
    techniques=("T1195.001",),
    needles=(b"registry", b"index", b"find-links", b"trusted-host", b"Registry", b"source", b"-i ", b"-f "),
)
