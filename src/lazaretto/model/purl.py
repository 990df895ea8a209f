"""Package URLs (ECMA-427, package-url/purl-spec), the part that the model needs.

Building is done here, without a third-party import, because the model floor has none; reading a purl that
a person typed is done by packageurl-python at the edge. A test holds the two against each other.
"""

from urllib.parse import quote

_SLASHED = frozenset(
    {"npm", "golang", "github", "bitbucket", "terraform", "composer", "huggingface", "swift", "docker"}
)
_LOWER = frozenset({"npm", "github", "bitbucket", "composer", "pypi"})
"""Types whose names the specification spells in lower case. `Package.name` keeps the document's spelling: npm still
serves some old packages whose names differ only in capitals."""
_SAFE = "-._~:"


def purl(ecosystem: str, name: str, version: str = "") -> str:
    """Return the package URL of `name` in `ecosystem`; without a version when `version` is empty."""
    if ecosystem in _LOWER:
        name = name.lower()
    if ecosystem == "maven":  # group:artifact
        parts = name.split(":", 1)
    else:
        parts = name.split("/") if ecosystem in _SLASHED else [name]
    path = "/".join(quote(part, safe=_SAFE) for part in parts if part)
    tail = f"@{quote(version, safe=_SAFE)}" if version else ""
    return f"pkg:{ecosystem}/{path}{tail}"
