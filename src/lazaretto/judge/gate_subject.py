"""What a line of the gate's policy or an approval speaks of: a name, names by a glob, versions of a name, one file.

    npm:left-pad               every version
    npm:@acme/*                names by a glob (`*`, `?`); never versions
    npm:left-pad@1.3.0         one version
    npm:left-pad@>=1 <2        a range, as npm's own semver reads it
    pypi:requests==2.32.3      one version; any PEP 440 specifier: `pypi:requests>=2,<3`
    sha256:HEX, sha512:HEX     one file, byte for byte; also as lockfiles spell it, `sha512-BASE64`

Names are compared in their canonical spelling. A version that cannot be compared with a range is not held by it,
unless the line refuses (`holds` answers None, and the caller takes what is more careful).
"""

import base64
import re
from dataclasses import dataclass
from functools import lru_cache

from lazaretto.ecosystems import npm, pypi
from lazaretto.model.gate import Candidate
from lazaretto.model.text import N_

WORLDS = ("npm", "pypi")
DIGESTS = {"sha256": 64, "sha512": 128}
"""Algorithm -> hexadecimal digits. Weaker ones pin nothing."""
LONGEST = 400
"""Characters of a subject."""

_FORMS = N_("npm:NAME, npm:NAME@RANGE, pypi:NAME==VERSION or sha256:HEX")
_DIGEST_FORMS = {
    "sha256": N_("sha256: and 64 hexadecimal digits"),
    "sha512": N_("sha512: and 128 hexadecimal digits"),
}
_GLOB = re.compile(r"[*?]")
_HEX = re.compile(r"[0-9a-f]+")
_PYPI = re.compile(r"(?P<name>[A-Za-z0-9*?][A-Za-z0-9._*?-]*)\s*(?P<range>(?:[<>=!~]=|===|[<>]).*)?")


class SubjectError(ValueError):
    """A subject cannot be read; the text, marked with `N_`, says what to write instead."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject, read."""

    text: str
    """As written."""
    ecosystem: str = ""
    """Empty for a digest."""
    name: str = ""
    """Canonical, perhaps a glob; empty for a digest."""
    versions: str = ""
    """Range or specifier; empty = every version."""
    exact: str = ""
    """The one version that `versions` pins."""
    digest: str = ""
    """`algorithm:hex`."""
    glob: re.Pattern[str] | None = None

    @property
    def pinned(self) -> bool:
        """True when it speaks of one version or one file only."""
        return bool(self.exact or self.digest)

    def names(self, ecosystem: str, name: str) -> bool:
        """Tell whether the subject speaks of (some version of) a canonical name. A digest names nobody."""
        if ecosystem != self.ecosystem:
            return False
        return self.glob.fullmatch(name) is not None if self.glob else name == self.name

    def holds(self, version: str) -> bool | None:
        """Tell whether a version of the name is meant; None when it cannot be compared."""
        if not self.versions:
            return True
        if self.ecosystem == "npm":
            return npm.satisfies(npm.exact(version) or version, self.versions)
        return pypi.satisfies(version, self.versions)

    def covers(self, candidate: Candidate, sha256: str = "") -> bool | None:
        """Tell whether a candidate is meant. `sha256` is that of its bytes, when they are here already."""
        if self.digest:
            algorithm, _, hexadecimal = self.digest.partition(":")
            return (algorithm, hexadecimal) in candidate.digests or (algorithm == "sha256" and sha256 == hexadecimal)
        listing = candidate.listing
        return self.names(listing.ecosystem, listing.name) and self.holds(candidate.version)


@lru_cache(maxsize=8192)
def read_subject(text: str) -> Subject:
    """Read a subject.

    Raises:
        SubjectError: it is none, or it is wider than it may be.
    """
    plain = text.strip()
    head, colon, rest = plain.partition("-" if plain[:7] in ("sha256-", "sha512-") else ":")
    rest = rest.strip()
    if not colon or not rest or len(plain) > LONGEST:
        raise SubjectError(_FORMS)
    if head in DIGESTS:
        value = _hexadecimal(rest)
        if len(value) != DIGESTS[head] or not _HEX.fullmatch(value):
            raise SubjectError(_DIGEST_FORMS[head])
        return Subject(plain, digest=f"{head}:{value}")
    if head == "npm":
        return _npm(plain, rest)
    if head == "pypi":
        return _pypi(plain, rest)
    raise SubjectError(_FORMS)


def _hexadecimal(value: str) -> str:
    if len(value) in (44, 88):
        try:
            return base64.b64decode(value, validate=True).hex()
        except ValueError:
            return ""
    return value.lower()


def _npm(text: str, rest: str) -> Subject:
    name, versions = npm.split_at_version(rest)
    name, versions = name.strip(), versions.strip()
    plain = _GLOB.sub("x", name)
    if not npm.is_name(plain):
        raise SubjectError(N_("npm:NAME, npm:@SCOPE/NAME or npm:@SCOPE/*"))
    if versions and npm.satisfies("1.0.0", versions) is None:
        raise SubjectError(N_("npm:NAME@1.2.3 or npm:NAME@>=1.2.0 <2"))
    return Subject(text, "npm", name, versions, npm.exact(versions), glob=_glob(name))


def _pypi(text: str, rest: str) -> Subject:
    match = _PYPI.fullmatch(rest)
    if match is None:
        raise SubjectError(N_("pypi:NAME, pypi:NAME==1.2.3 or pypi:NAME>=1.2,<2"))
    versions = (match["range"] or "").strip()
    if versions and pypi.satisfies("1.0", versions) is None:
        raise SubjectError(N_("pypi:NAME==1.2.3 or pypi:NAME>=1.2,<2"))
    name = pypi.normalize(match["name"])
    exact = pypi.exact(versions)
    return Subject(text, "pypi", name, versions, "" if "*" in exact else exact, glob=_glob(name))


def _glob(name: str) -> re.Pattern[str] | None:
    """Compile a glob. Neighbouring stars are one, so that no input makes it slow (names are short besides)."""
    if not _GLOB.search(name):
        return None
    if name.count("*") > 4:
        raise SubjectError(N_("at most four * in a name"))
    parts = (".*" if sign[0] == "*" else "." if sign == "?" else re.escape(sign) for sign in re.findall(r"\*+|.", name))
    return re.compile("".join(parts), re.DOTALL)
