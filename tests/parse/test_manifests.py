import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.blob import Blob
from lazaretto.parse.manifests import BindingGyp, ClientConfig, PackageJson, Pyproject, TerraformLock
from lazaretto.parse.views import ParseError


def package(value: object, path: str = "package.json") -> PackageJson:
    return PackageJson.of(Blob(path, json.dumps(value, indent=1).encode()))


def test_scripts_entry_points_and_requirements() -> None:
    view = package(
        {
            "main": "./lib/a.js",
            "bin": {"x": "bin/x.js"},
            "exports": {".": {"import": "./m.mjs", "types": "./t.d.ts"}, "./*": "./src/*.js"},
            "scripts": {"start": "node s.js", "odd": 3, "empty": ""},
            "dependencies": {"a": "^1.0.0", "b": "https://a.test/b.tgz"},
        }
    )
    assert view.scripts == {"start": "node s.js", "odd": "3"}
    assert view.entry_points == (("main", "./lib/a.js"), ("bin", "bin/x.js"), ("main", "./m.mjs"))
    assert [(r.name, view.requirement_line(r)) for r in view.requirements] == [("b", 20)]
    assert view.script_line("start") == 14
    assert not view.is_installed


def test_without_main_there_is_index() -> None:
    assert package({}).entry_points == (("main", "index.js"),)
    assert package({}, "node_modules/x/package.json").is_installed


def test_overrides_of_every_client() -> None:
    view = package(
        {
            "overrides": {"a": {".": "1", "b": "npm:c@1"}},
            "resolutions": {"**/d": "2"},
            "pnpm": {"overrides": {"e": "3"}},
        }
    )
    assert {(r.table, r.name, r.spec) for r in view.overrides} == {
        ("overrides", "a", "1"),
        ("overrides", "b", "npm:c@1"),
        ("resolutions", "**/d", "2"),
        ("pnpm.overrides", "e", "3"),
    }


def test_binding_commands() -> None:
    view = BindingGyp(
        Blob("binding.gyp", b"{'v': '<!(node -p \\\"a(b)\\\")',\n'actions': [{'action': ['sh', '-c', 'x y']}]}")
    )
    assert view.commands == (('node -p "a(b)"', 1), ("sh -c 'x y'", 2))


@pytest.mark.parametrize(
    ("path", "text", "sources"),
    [
        (
            ".npmrc",
            "# c\n@a:registry=https://r.test/\nregistry = 'http://b.test'\n",
            [("https://r.test/", "@a", 2), ("http://b.test", "", 3)],
        ),
        (".yarnrc.yml", "npmScopes:\n  a:\n    npmRegistryServer: https://r.test\n", [("https://r.test", "@a", 3)]),
        ("bunfig.toml", "[install]\nregistry = 'https://r.test'\n", [("https://r.test", "", 2)]),
        ("pip.conf", "[global]\nindex-url = https://r.test/simple\n", [("https://r.test/simple", "", 2)]),
        (
            "requirements/dev.txt",
            "-i https://r.test\n--extra-index-url=https://s.test\nx\n",
            [("https://r.test", "", 1), ("https://s.test", "", 2)],
        ),
        ("pyproject.toml", "[[tool.uv.index]]\nurl = 'https://r.test'\n", [("https://r.test", "", 2)]),
        ("Pipfile", "[[source]]\nurl = 'https://r.test'\n", [("https://r.test", "", 2)]),
    ],
)
def test_client_sources(path: str, text: str, sources: list[tuple[str, str, int]]) -> None:
    blob = Blob(path, text.encode())
    assert ClientConfig.accepts(blob)
    assert [(s.url, s.scope, s.line) for s in ClientConfig(blob).sources] == sources


def test_terraform_providers() -> None:
    view = TerraformLock(Blob(".terraform.lock.hcl", b'# x\nprovider "r.test/a/b" {\n}\n'))
    assert view.providers == (("r.test/a/b", 2),)


@given(
    st.binary(max_size=200)
    | st.sampled_from([b"[]", b'{"scripts": [], "bin": 3, "exports": [[{}]]}', b'{"overrides": "x"}'])
)
def test_any_bytes_are_a_value_or_a_parse_error(data: bytes) -> None:
    for kind in (PackageJson, Pyproject):
        try:
            view = kind.of(Blob("x", data))
        except ParseError:
            continue
        if isinstance(view, PackageJson):
            assert view.scripts is not None
            assert view.entry_points
            assert view.overrides is not None
    for name in (".npmrc", "bunfig.toml", ".yarnrc.yml", "requirements.txt"):
        with contextlib.suppress(ParseError):
            assert ClientConfig(Blob(name, data)).sources is not None
    assert BindingGyp(Blob("binding.gyp", data)).commands is not None
