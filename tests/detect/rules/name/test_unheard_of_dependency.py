import pytest

from lazaretto.detect.rules.name.unheard_of_dependency import BUILD_CONFIG, RULE
from lazaretto.model.finding import Signal
from lazaretto.model.package import Package, Relation

NAME = "icon-hydra-unheard"


def asked(name=NAME, requirement="^1.0.2", source="package.json"):
    return Package("npm", name, "", source, 7, Relation.DECLARED, requirement)


def test_loaded_by_the_build(examine):
    config = "import { defineConfig } from 'vite'\nimport { get } from 'icon-hydra-unheard'\nget()\n"
    assert examine(RULE, {"package.json": "{}", "vite.config.js": config}, [asked()]) == [
        (
            "MEDIUM",
            "MEDIUM",
            "package.json",
            7,
            "icon-hydra-unheard is in no list of downloaded packages, and the build configuration vite.config.js loads it",
        )
    ]


def test_called_at_once(examine):
    code = 'const fs = require("fs");\nconst log = require("icon-hydra-unheard")();\n'
    signals = [Signal("import", f"js\t{NAME}", "server/a.js", 2)]
    (row,) = examine(RULE, {"server/a.js": code}, [asked()], signals)
    assert row[:2] == ("MEDIUM", "MEDIUM")
    assert "server/a.js" in row[4]


def test_alone_it_is_context(examine):
    assert [row[:2] for row in examine(RULE, {"vite.config.js": "export default {}"}, [asked()])] == [("LOW", "MEDIUM")]


@pytest.mark.parametrize(
    "package",
    [
        asked("express"),
        asked("@house/secret"),
        asked(requirement="workspace:*"),
        asked(requirement="git+https://x.invalid/a.git"),
        asked("fs", "0.0.1-security"),
        asked(source="tests/fixtures/a/package.json"),
        Package("npm", NAME, "1.0.0", "package-lock.json", 3),
    ],
)
def test_near_misses(examine, package):
    assert examine(RULE, {"package.json": "{}"}, [package]) == []


def test_members_of_the_project_are_its_own(examine):
    assert examine(RULE, {f"packages/{NAME}/package.json": "{}"}, [asked()]) == []


def test_private_registries_have_many(examine):
    assert examine(RULE, {}, [asked(f"{NAME}-{number}") for number in range(40)]) == []


def test_names_of_build_configurations():
    for name in ("vite.config.ts", "a/webpack.config.dev.js", "tailwind.config.cjs", "next.config.mjs", ".eslint.js"):
        assert bool(BUILD_CONFIG.search(name)) is (name != ".eslint.js")
    assert not BUILD_CONFIG.search("src/config.js")
