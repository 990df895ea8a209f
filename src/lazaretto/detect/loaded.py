"""Which package does a file of an installed tree belong to? A hint of whose code a process had loaded last."""

import re

_NODE = re.compile(r"(?:^|/)node_modules/((?:@[A-Za-z0-9._~-]{1,214}/)?[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,213})(?=/)")
_SITE = re.compile(r"/(?:site|dist)-packages/([A-Za-z0-9_][A-Za-z0-9._-]{0,200}?)(?:\.py)?(?=/|$)")
_CODE = (".js", ".cjs", ".mjs", ".node", ".py", ".pyc", ".so", ".ts", ".wasm")
_OF_NO_PACKAGE = (".dist-info", ".egg-info", ".pth", "__pycache__")


def package_of(path: str) -> str:
    """Return `npm:NAME` or `pypi:NAME` for a file within `node_modules/NAME` or `site-packages/NAME`; or an empty text.

    In Python's folders the import name stands for the distribution's name. The innermost folder counts.
    """
    if "/node_modules/" in path or path.startswith("node_modules/"):
        found = ""
        for match in _NODE.finditer(path[:4096]):
            found = match[1]
        return f"npm:{found}" if found else ""
    site = _SITE.search(path[:4096])
    if site is None or site[1].endswith(_OF_NO_PACKAGE):
        return ""
    return f"pypi:{site[1]}"


def is_code(path: str) -> bool:
    """Tell whether reading this file means loading code."""
    return path.endswith(_CODE)
