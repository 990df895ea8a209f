"""Where a finding lies, as seen from the folder in which the user stands: for SARIF and CI annotations."""

from urllib.parse import quote

from lazaretto.model.report import Checked
from lazaretto.reports.safe import plain

_INSIDE = frozenset({"archive"})
"""Kinds whose findings lie within the target, like members of a folder in a file."""
_ITSELF = frozenset({"file", "lockfile"})
"""Kinds whose findings lie in the target itself."""


def relative_path(checked: Checked, path: str) -> str:
    """Return a path relative to the working directory when the target was given so, else relative to the target.

    `check sub` and `a.js` give `sub/a.js`; `check x.tgz` and `package/a.js` give `x.tgz!/package/a.js`.
    """
    target = checked.target.replace("\\", "/").rstrip("/")
    while target.startswith("./"):
        target = target[2:]
    outside = target.startswith(("/", "..", "~")) or "://" in target or target[1:2] == ":"
    if checked.kind in _INSIDE:
        return f"{target.rpartition('/')[2] if outside else target}!/{path}"
    if checked.kind in _ITSELF:
        return target if not outside else path
    if checked.kind != "folder" or outside or target in ("", "."):
        return path
    return f"{target}/{path}"


def relative_uri(checked: Checked, path: str) -> str:
    """Return `relative_path` as a relative URI reference (RFC 3986), percent-encoded UTF-8."""
    relative = plain(relative_path(checked, path)).lstrip("/")
    parts = [part for part in relative.split("/") if part not in ("", ".", "..")]
    return quote("/".join(parts), safe="/-._~!$&'()*+,;=@") or "unknown"
