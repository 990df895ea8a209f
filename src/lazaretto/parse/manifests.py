"""Manifests and client configurations: what an installation reads before it runs anything.

    PackageJson    npm's manifest, as triggers: scripts, entry points, dependency specifications
    BindingGyp     node-gyp's build description
    ClientConfig   `.npmrc`, `.yarnrc(.yml)`, `bunfig.toml`, `pip.conf`, requirements options, `[tool.uv]`, Pipfile
    ClientCode     what the same files, pnpm-workspace.yaml and `.pnpmfile.cjs` make a client run
    Pyproject      build system and dependencies of a Python project
    TerraformLock  provider addresses of `.terraform.lock.hcl`

What packages they name is the business of `lockfiles`; here only what can make something run or come from elsewhere.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar, Self

from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_json, load_toml, load_yaml, need_mapping
from lazaretto.parse.shell import analyse
from lazaretto.parse.shell_facts import Facts
from lazaretto.parse.views import FileView
from lazaretto.parse.workspace import line_of

INSTALL_SCRIPTS = ("preinstall", "install", "postinstall")
"""Run when the package is installed, as a dependency too."""
ROOT_SCRIPTS = (
    "preprepare", "prepare", "postprepare", "prepublish", "prepublishOnly", "prepack", "postpack", "dependencies",
    "preversion", "preuninstall", "uninstall", "postuninstall",
)  # fmt: skip
"""Run by a client as well, but only in the project's own folder or for git dependencies."""
PREPARE_SCRIPTS = ("preprepare", "prepare", "postprepare", "prepublish", "dependencies")
"""The ones of `ROOT_SCRIPTS` that a plain `npm install` runs in the project's folder."""
SCRIPT_CHARS = 400_000
"""Script text of one manifest that is analysed."""
_INSTALLED = "node_modules/"
_NO_CODE = (".d.ts", ".d.mts", ".d.cts", ".json", ".css")
_DEPENDENCY_TABLES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One dependency as a package.json asks for it."""

    name: str
    spec: str
    table: str


class PackageJson(FileView):
    """One package.json."""

    title = "package.json"
    root: Mapping[str, Any]

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name."""
        return blob.name == "package.json"

    @classmethod
    def of(cls, blob: Blob) -> Self:
        """Read the manifest.

        Raises:
            ParseError: not a JSON object.
        """
        view = cls(blob)
        view.root = need_mapping(load_json(blob), "package.json")
        return view

    @property
    def is_installed(self) -> bool:
        """True below `node_modules`: only its install scripts run by themselves."""
        return _INSTALLED in self.path

    @cached_property
    def scripts(self) -> Mapping[str, str]:
        """Script name to shell text."""
        return {name: text for name, value in as_mapping(self.root.get("scripts")).items() if (text := as_text(value))}

    def script_line(self, name: str) -> int:
        """Return the line of a script."""
        return line_of(self.blob, self.scripts.get(name, ""), f'"{name}"')

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """All dependencies of all tables."""
        return tuple(
            Requirement(name, spec, table)
            for table in _DEPENDENCY_TABLES
            for name, value in as_mapping(self.root.get(table)).items()
            if (spec := as_text(value)) and re.search(r"[:/]", spec)
        )

    def requirement_line(self, requirement: Requirement) -> int:
        """Return the line of a dependency or override."""
        name, spec = requirement.name, requirement.spec
        return line_of(self.blob, f'"{name}": "{spec}"', f'"{name}":"{spec}"', spec, f'"{name}"')

    @cached_property
    def facts(self) -> Mapping[str, Facts]:
        """What each script would do; the ones that run by themselves first, `SCRIPT_CHARS` of text in all.

        A script beyond that bound has empty facts that say `cut`.
        """
        left, found = SCRIPT_CHARS, {}
        early = [name for name in (*INSTALL_SCRIPTS, *ROOT_SCRIPTS) if name in self.scripts]
        for name in dict.fromkeys((*early, *self.scripts)):
            text = self.scripts[name]
            found[name] = analyse(text) if len(text) <= left else Facts(cut=True)
            left -= len(text) if len(text) <= left else 0
        return found

    @cached_property
    def overrides(self) -> tuple[Requirement, ...]:
        """Entries of `overrides`, `resolutions` and `pnpm.overrides`, nested ones under their last name."""
        tables = (
            ("overrides", self.root.get("overrides")),
            ("resolutions", self.root.get("resolutions")),
            ("pnpm.overrides", as_mapping(self.root.get("pnpm")).get("overrides")),
        )
        found: list[Requirement] = []
        queue: list[tuple[str, str, object, int]] = [(table, "", value, 0) for table, value in tables if value]
        while queue:
            table, name, value, depth = queue.pop()
            if isinstance(value, Mapping) and depth < 8:
                queue.extend(
                    (table, name if key == "." else as_text(key), part, depth + 1) for key, part in value.items()
                )
            elif isinstance(value, str):
                found.append(Requirement(name, value, table))
        return tuple(sorted(found, key=lambda r: (r.table, r.name)))

    @cached_property
    def entry_points(self) -> tuple[tuple[str, str], ...]:
        """(kind, path) of `main`, `module`, `exports` (`main`) and `bin` (`bin`); relative to the package."""
        found: list[tuple[str, str]] = []
        for key in ("main", "module", "browser"):
            value = self.root.get(key)
            if isinstance(value, str) and value:
                found.append(("main", value))
        bins = self.root.get("bin")
        found += [
            ("bin", text)
            for value in (bins.values() if isinstance(bins, dict) else (bins,))
            if (text := as_text(value))
        ]
        queue: list[object] = [self.root.get("exports")]
        while queue:
            value = queue.pop()
            if isinstance(value, str) and value.startswith("./") and "*" not in value and not value.endswith(_NO_CODE):
                found.append(("main", value))
            elif isinstance(value, Mapping):
                queue.extend(value.values())
        if not any(kind == "main" for kind, _ in found):
            found.append(("main", "index.js"))
        return tuple(dict.fromkeys(found))


class BindingGyp(FileView):
    """node-gyp's description of a native build: a Python literal in which `<!(...)` runs a command."""

    title = "binding.gyp"
    MOST: ClassVar = 100
    """Commands of either kind that are read."""

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name."""
        return blob.name == "binding.gyp" or blob.suffix == ".gypi"

    @cached_property
    def commands(self) -> tuple[tuple[str, int], ...]:
        """(shell text, line) of each `<!(...)`, `<!@(...)` and `action` list."""
        text = self.blob.text
        found: list[tuple[str, int]] = []
        for start in islice(re.finditer(r"<!@?\(", text), self.MOST):
            depth, at = 1, start.end()
            while at < min(len(text), start.end() + 2000) and depth:
                depth += {"(": 1, ")": -1}.get(text[at], 0)
                at += 1
            found.append((text[start.end() : at - 1].replace('\\"', '"'), text.count("\n", 0, start.start()) + 1))
        for start in islice(re.finditer(r"['\"]action['\"]\s{0,20}:\s{0,20}\[([^\]]{1,2000})\]", text), self.MOST):
            words = re.findall(r"'([^'\n]{0,2000})'|\"([^\"\n]{0,2000})\"", start.group(1))
            joined = " ".join(f"'{a or b}'" if " " in (a or b) and "'" not in (a or b) else (a or b) for a, b in words)
            found.append((joined, text.count("\n", 0, start.start()) + 1))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Source:
    """A place from which a client is told to fetch packages."""

    key: str
    """The option that says so: `registry`, `@acme:registry`, `--extra-index-url`."""
    url: str
    line: int
    scope: str = ""
    """Of npm: the scope that it is for; empty = everything."""


class ClientConfig(FileView):
    """A file that points a package client somewhere."""

    title = "package client configuration"
    NAMES: ClassVar = frozenset(
        [
            ".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml", "pip.conf", "pip.ini", ".pip.conf", "uv.toml",
            "pipfile", "pyproject.toml", ".pypirc",
        ]
    )  # fmt: skip
    _INI: ClassVar = re.compile(
        r"\s{0,20}[\"']?((?:@[\w.-]{1,100}:)?[\w./:-]{0,200}?(?:registry|index-url|extra-index-url|find-links|index|trusted-host|proxy))[\"']?\s{0,20}(?:=|\s|:)\s{0,20}[\"']?([^\s\"'#;]{3,500})",
        re.IGNORECASE,
    )
    _OPTION: ClassVar = re.compile(
        r"\s{0,20}(--?(?:index-url|extra-index-url|find-links|trusted-host|pypi-url|i|f))(?:\s{1,8}|=)[\"']?([^\s\"'#]{3,500})"
    )

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name; requirements files by their usual names."""
        return blob.name in cls.NAMES or is_requirements(blob)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """All places, in file order.

        Raises:
            ParseError: a TOML or YAML file is damaged.
        """
        name = self.blob.name
        if name in {".npmrc", ".yarnrc", "pip.conf", "pip.ini", ".pip.conf"}:
            return tuple(self._rows(self._INI))
        if is_requirements(self.blob):
            return tuple(self._rows(self._OPTION))
        if name == ".yarnrc.yml":
            return tuple(self._yarn(as_mapping(load_yaml(self.blob))))
        if name == ".pypirc":
            return ()
        return tuple(self._toml(load_toml(self.blob)))

    def _rows(self, pattern: re.Pattern[str]) -> Iterator[Source]:
        for number, row in enumerate(self.blob.text.splitlines(), 1):
            if len(row) > 2000 or row.lstrip()[:1] in {"#", ";"}:
                continue
            found = pattern.match(row)
            if found:
                key = found.group(1)
                scope = key.split(":", 1)[0] if key.startswith("@") else ""
                yield Source(key, found.group(2), number, scope)

    def _yarn(self, root: Mapping[str, Any]) -> Iterator[Source]:
        for key in ("npmRegistryServer", "npmPublishRegistry"):
            if as_text(root.get(key)):
                yield Source(key, as_text(root[key]), line_of(self.blob, key))
        for scope, entry in as_mapping(root.get("npmScopes")).items():
            url = as_text(as_mapping(entry).get("npmRegistryServer"))
            if url:
                yield Source("npmRegistryServer", url, line_of(self.blob, url), f"@{scope}")

    def _toml(self, root: Mapping[str, Any]) -> Iterator[Source]:
        tool = as_mapping(root.get("tool"))
        uv = (
            as_mapping(tool.get("uv"))
            if self.blob.name == "pyproject.toml"
            else root
            if self.blob.name == "uv.toml"
            else {}
        )
        for table, entries in (
            ("tool.uv.index", uv.get("index")),
            ("tool.poetry.source", as_mapping(tool.get("poetry")).get("source")),
            ("tool.pdm.source", as_mapping(tool.get("pdm")).get("source")),
            ("source", root.get("source") if self.blob.name == "pipfile" else ()),
        ):
            for entry in as_sequence(entries):
                url = as_text(as_mapping(entry).get("url"))
                if url:
                    yield Source(table, url, line_of(self.blob, url))
        for key in ("index-url", "extra-index-url", "find-links"):
            value = uv.get(key) or as_mapping(uv.get("pip")).get(key)
            for url in [value] if isinstance(value, str) else as_sequence(value):
                yield Source(key, as_text(url), line_of(self.blob, as_text(url)))
        install = as_mapping(root.get("install")) if self.blob.name == "bunfig.toml" else {}
        registry = install.get("registry")
        url = as_text(registry) or as_text(as_mapping(registry).get("url"))
        if url:
            yield Source("install.registry", url, line_of(self.blob, url))
        for scope, entry in as_mapping(install.get("scopes")).items():
            url = as_text(entry) or as_text(as_mapping(entry).get("url"))
            if url:
                yield Source(
                    "install.scopes", url, line_of(self.blob, url), scope if scope.startswith("@") else f"@{scope}"
                )


class ClientCode(FileView):
    """A file by which a project gets its own code into a package client."""

    title = "package client configuration"
    NPMRC_KEYS: ClassVar = frozenset(
        [
            "script-shell",
            "git",
            "node-gyp",
            "node-options",
            "onload-script",
            "pnpmfile",
            "global-pnpmfile",
            "init-module",
        ]
    )
    _PAIR: ClassVar = re.compile(r"\s{0,20}[\"']?([\w-]{1,100})[\"']?(?:\s{0,20}[=:]|\s)\s{0,20}(.{1,500})")

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name."""
        return blob.name in {
            ".npmrc", ".yarnrc", ".yarnrc.yml", "pnpm-workspace.yaml", ".pnpmfile.cjs", ".pnpmfile.mjs",
        }  # fmt: skip

    @cached_property
    def hooks(self) -> tuple[tuple[str, str, int], ...]:
        """(key, value, line) of each setting that names a program or a module; `.pnpmfile.cjs` names itself.

        Raises:
            ParseError: a YAML file is damaged.
        """
        name = self.blob.name
        if name.startswith(".pnpmfile"):
            return (("pnpmfile", f"./{name}", 1),)
        if name in {".npmrc", ".yarnrc"}:
            return tuple(self._rows(self.NPMRC_KEYS if name == ".npmrc" else {"yarn-path"}))
        root = as_mapping(load_yaml(self.blob))
        if name == "pnpm-workspace.yaml":
            found = [(key, as_text(root.get(key))) for key in ("pnpmfile", "scriptShell", "nodeOptions")]
        else:
            found = [("yarnPath", as_text(root.get("yarnPath")))]
            found += [
                ("plugins", as_text(row) or as_text(as_mapping(row).get("path")))
                for row in as_sequence(root.get("plugins"))
            ]
        return tuple((key, value, line_of(self.blob, value, key)) for key, value in found if value)

    def _rows(self, keys: Collection[str]) -> Iterator[tuple[str, str, int]]:
        for number, row in enumerate(self.blob.text.splitlines(), 1):
            found = self._PAIR.match(row) if len(row) <= 2000 else None
            if found and found[1] in keys:
                yield found[1], found[2].strip().strip("\"'"), number


class Pyproject(FileView):
    """`pyproject.toml`: the build system (PEP 517, 518) and dependencies (PEP 621, 735)."""

    title = "pyproject.toml"
    root: Mapping[str, Any]

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name."""
        return blob.name == "pyproject.toml"

    @classmethod
    def of(cls, blob: Blob) -> Self:
        """Read the document."""
        view = cls(blob)
        view.root = load_toml(blob)
        return view


class TerraformLock(FileView):
    """Provider addresses of a Terraform dependency lock file."""

    title = "Terraform lock file"
    _PROVIDER: ClassVar = re.compile(r"\s{0,8}provider\s{1,8}\"([^\"\n]{3,300})\"")

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name."""
        return blob.name == ".terraform.lock.hcl"

    @cached_property
    def providers(self) -> tuple[tuple[str, int], ...]:
        """(address `host/namespace/type`, line)."""
        text = self.blob.text
        return tuple(
            (found.group(1), number)
            for number, row in enumerate(text.splitlines(), 1)
            if (found := self._PROVIDER.match(row))
        )


def is_requirements(blob: Blob) -> bool:
    """Tell whether a file is named like a pip requirements or constraints file."""
    name = blob.name
    return name.endswith((".txt", ".in", ".pip")) and (
        "requirement" in name or "constraint" in name or "/requirements/" in f"/{blob.path.lower()}"
    )
