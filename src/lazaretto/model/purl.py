"""Package URLs (ECMA-427, package-url/purl-spec), the part that the model needs.

Building is done here, without a third-party import, because the model floor has none; reading a purl that
a person typed is done by packageurl-python at the edge.
"""

from urllib.parse import quote

_SLASHED = frozenset({"npm", "golang", "github", "terraform", "composer", "huggingface"})


def purl(ecosystem: str, name: str, version: str = "") -> str:
    """Return the package URL of `name` in `ecosystem`; without a version when `version` is empty."""
    parts = name.split("/") if ecosystem in _SLASHED else [name]
    path = "/".join(quote(part, safe="-._~") for part in parts if part)
    tail = f"@{quote(version, safe='-._~:+')}" if version else ""
    return f"pkg:{ecosystem}/{path}{tail}"
