"""What a registry says of one published version: a pure value, whoever fetched it.

Nothing here is guessed: a fact that the registry did not tell is None, or an empty text where that is said, and no rule
may read it as innocence. Times are timezone-aware.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """One version of one package, as its registry describes it."""

    ecosystem: str
    """`npm` or `pypi`."""
    name: str
    """Canonical."""
    version: str
    published: datetime | None = None
    first_published: datetime | None = None
    """Of the oldest version that is still there."""
    versions: int = 0
    """Number of versions that are still there; 0 = not told."""
    within_hour: int = 0
    """Versions published in the hour up to this one, itself included; 0 = not told."""
    removed: int = 0
    """Versions that were published once and are gone."""
    removed_before_first: int = 0
    """Of these, how many are older than every version that is still there."""
    previous: str = ""
    """The highest version below this one (a patch of an old series that came out in between is not it); empty when
    there is none."""
    previous_published: datetime | None = None
    """Of the version published last before this one, whatever its number."""
    publisher: str = ""
    """Account that published this version; empty = not told."""
    previous_publisher: str = ""
    maintainers: tuple[str, ...] = ()
    """Accounts that may publish now; empty = not told."""
    previous_maintainers: tuple[str, ...] = ()
    """Accounts that could publish when the previous version was; empty = not told."""
    has_description: bool | None = None
    """A summary or a longer text about the package."""
    repository: str = ""
    """Address of the source repository that the package names; empty = none named. Untrusted."""
    emails: tuple[str, ...] = ()
    """Addresses of author and maintainers, lower case. Untrusted."""
    provenance: bool | None = None
    """An attestation says where this version was built."""
    previous_provenance: bool | None = None
    install_scripts: tuple[str, ...] | None = None
    """Names of scripts that an installation runs."""
    previous_install_scripts: tuple[str, ...] | None = None
    deprecated: str = ""
    """The deprecation message. Untrusted."""
    yanked: bool = False
    withdrawn: bool = False
    """The registry holds the project back (quarantined, archived by its operators)."""
    security_holder: bool = False
    """A placeholder of the registry's own security team in place of a package that was taken down."""
