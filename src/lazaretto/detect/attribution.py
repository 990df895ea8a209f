"""Whose doing is it? From facts about one program to the package whose script, build back-end or module it is.

    lifecycle   npm, pnpm, yarn and bun tell package and event in the environment of the script's shell
    build       pip and uv run build back-ends in folders of their own, with `pyproject_hooks` or `setup.py`
    folder      the program's working directory is within node_modules/NAME
    module      the program, or the script it was given, lies within a package's folder

Both the sandbox and a watch of the machine ask: nothing is read here. What the facts say is the attacker's word as soon
as a package's own code runs, so a program belongs to whom its parent belongs to, and a new claim is believed only of
what a package manager started. An owner's parents are in the record, too: a lie hides nobody.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from posixpath import basename

_NODE = re.compile(r"(?:^|/)node_modules/((?:@[A-Za-z0-9._~-]{1,214}/)?[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,213})(?=/|$)")
_SITE = re.compile(r"/(?:site|dist)-packages/([A-Za-z0-9_][A-Za-z0-9._-]{0,200}?)(?:\.py)?(?=/|$)")
_PIP_UNPACKED = re.compile(r"/pip-install-[^/]{1,64}/([A-Za-z0-9][A-Za-z0-9._-]{0,200})_[0-9a-f]{32}(?=/|$)")
_PIP_FOLDER = re.compile(r"/pip-(?:req-build|install|build|wheel|ephem)[^/]{0,80}(?=/|$)")
_UV = re.compile(r"/sdists-v\d+/(?:pypi|index/[^/]{1,64})/([^/]{1,200})/([^/]{1,100})(?=/|$)")
_HOOKS = frozenset(
    {
        *("build_wheel", "build_editable", "build_sdist", "prepare_metadata_for_build_wheel"),
        *("prepare_metadata_for_build_editable", "get_requires_for_build_wheel", "get_requires_for_build_editable"),
        "get_requires_for_build_sdist",
    }
)
_SETUP = frozenset({"egg_info", "bdist_wheel", "build_ext", "develop", "install", "editable_wheel", "dist_info"})
_MANAGERS = frozenset({"npm", "npx", "pnpm", "pnpx", "yarn", "yarnpkg", "bun", "bunx", "pip", "pip3", "uv", "uvx"})
_MANAGER_FILES = re.compile(
    r"(?:/npm/bin/np[mx]-cli\.js|/(?:npm|npx|pnpm|pnpx|yarn|yarnpkg)(?:\.c?js)?|/yarn-[0-9.]{1,20}\.cjs"
    r"|/pip/__main__\.py|/pip/__pip-runner__\.py)$"
)
_PYTHON = re.compile(r"python[0-9.]{0,6}|pypy[0-9.]{0,6}")
_NAME = re.compile(rb"^(?:Name:|name[ \t]{0,9}=)[ \t]{0,9}[\"']?([A-Za-z0-9][A-Za-z0-9._-]{0,200})", re.MULTILINE)
_VERSION = re.compile(
    rb"^(?:Version:|version[ \t]{0,9}=)[ \t]{0,9}[\"']?([A-Za-z0-9][A-Za-z0-9._+!-]{0,100})", re.MULTILINE
)
_STRONG = frozenset({"lifecycle", "build"})


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is to blame."""

    package: str
    """`npm:NAME@VERSION`, `pypi:NAME@VERSION`; without `@VERSION` when it is not known."""
    script: str = ""
    """Lifecycle script (`postinstall`), hook of a build back-end (`build_wheel`), or empty."""
    how: str = ""
    """`lifecycle`, `build`, `folder` or `module`: each weaker than the one before."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one program when it starts."""

    path: str
    argv: Sequence[str]
    cwd: str
    environment: Mapping[str, str]


def owner(facts: Facts, above: Owner | None, *, of_manager: bool) -> Owner | None:
    """Tell whose program it is.

    Args:
        facts: what is known of it.
        above: whose the program is that started it; None = nobody's.
        of_manager: the program that started it is a package manager (`is_manager`).
    """
    strong = lifecycle(facts.environment) or build(facts)
    if above is not None and above.how in _STRONG:
        return strong if strong is not None and of_manager else above
    return strong or module(facts) or above


def is_manager(facts: Facts) -> bool:
    """Tell whether a program is a package manager, by what it is called or by the script that it was given."""
    if basename(facts.path) in _MANAGERS:
        return True
    words = [word for word in facts.argv[1:4] if not word.startswith("-")]
    if _PYTHON.fullmatch(basename(facts.path)) and "-m" in facts.argv[1:6]:
        at = list(facts.argv).index("-m")
        return list(facts.argv[at + 1 : at + 2]) in (["pip"], ["build"], ["uv"])
    return bool(words) and (bool(_MANAGER_FILES.search(words[0])) or basename(words[0]) in _MANAGERS)


def lifecycle(environment: Mapping[str, str]) -> Owner | None:
    """Read what npm tells a script about itself; pnpm, yarn and bun set the same names."""
    script, name = environment.get("npm_lifecycle_event", ""), environment.get("npm_package_name", "")
    if not script or not name:
        return None
    return Owner(_purl("npm", name, environment.get("npm_package_version", "")), script, "lifecycle")


def build(facts: Facts) -> Owner | None:
    """Recognise a build back-end that pip, uv or build runs; name and version as far as the folder tells them."""
    argv = facts.argv
    script = ""
    if any(word.endswith(("/_in_process.py", "/pyproject_hooks/_in_process")) for word in argv[1:4]):
        script = next((word for word in argv[2:5] if word in _HOOKS), "")
    elif any("setup.py" in word[:4000] for word in argv[1:4]) and (
        _PIP_FOLDER.search(facts.cwd) or "PIP_BUILD_TRACKER" in facts.environment
    ):
        script = next((word for word in argv[2:] if word in _SETUP), "setup.py")
    backend = facts.environment.get("_PYPROJECT_HOOKS_BUILD_BACKEND", "") or facts.environment.get(
        "PEP517_BUILD_BACKEND", ""
    )
    unpacked, cached = _PIP_UNPACKED.search(facts.cwd), _UV.search(facts.cwd)
    if cached:
        return Owner(_purl("pypi", cached[1], cached[2]), script, "build")
    if unpacked:
        return Owner(_purl("pypi", unpacked[1], ""), script, "build")
    if script or (backend and _PIP_FOLDER.search(facts.cwd)):
        return Owner("pypi:?", script, "build")
    return None


def named(found: Owner, document: bytes) -> Owner:
    """Put name and version in, where the folder's own name told none.

    `document` is the begin of a `PKG-INFO`, `pyproject.toml` or `setup.cfg` in the build's folder.
    """
    if not found.package.startswith("pypi:") or "@" in found.package:
        return found
    name, version = _NAME.search(document[:65536]), _VERSION.search(document[:65536])
    if name is None:
        return found
    told = name[1].decode("utf-8", "replace").strip()
    known = found.package.removeprefix("pypi:")
    if known not in ("?", told) and _plain(known) != _plain(told):
        return found  # the folder is the package manager's word, the document the package's
    return replace(found, package=_purl("pypi", told, version[1].decode("utf-8", "replace").strip() if version else ""))


def module(facts: Facts) -> Owner | None:
    """Recognise a program by where it, its script or its working directory lies."""
    words = [facts.path, *(word for word in facts.argv[1:6] if word.startswith("/"))]
    for word in words:
        package = of_path(word)
        if package and not is_manager(facts):
            return Owner(package, "", "module")
    found = _last(_NODE, facts.cwd)
    if found:
        return Owner(f"npm:{found}", "", "folder")
    found = _last(_PIP_UNPACKED, facts.cwd)
    return Owner(f"pypi:{found}", "", "folder") if found else None


def of_path(path: str) -> str:
    """Return the package that a file of an installed tree belongs to, `npm:NAME` or `pypi:NAME`; or an empty text.

    The import name stands for the distribution's name in Python's folders.
    """
    if "/node_modules/" in path:
        name = _last(_NODE, path)
        return f"npm:{name}" if name and not name.startswith(".") else ""
    found = _SITE.search(path)
    if found is None or found[1].endswith((".dist-info", ".egg-info", ".pth", "__pycache__")):
        return ""
    return f"pypi:{found[1]}"


def chain_text(owners: Sequence[str], programs: Sequence[str], target: str = "") -> str:
    """Say it: `graph-x@2.2.9 postinstall -> sh -> curl -> c2.test:443`. `owners` outermost first."""
    return " -> ".join(filter(None, (*owners, *programs, target)))


def _last(pattern: re.Pattern[str], text: str) -> str:
    found = ""
    for one in pattern.finditer(text[:4096]):
        found = one[1]
    return found


def _purl(kind: str, name: str, version: str) -> str:
    name, version = name.strip()[:214], version.strip()[:100]
    return f"{kind}:{name}@{version}" if version else f"{kind}:{name}"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
