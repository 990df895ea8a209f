"""Packages and accounts that only the words around them give away; all names are made up."""

import pytest

from lazaretto.intel.extract.document import Document
from lazaretto.intel.extract.extract import extract
from lazaretto.intel.extract.signs import by_name, places
from lazaretto.intel.extract.weighing import weights
from lazaretto.model.extract import Standing


def values(text: str, kind: str = "package") -> set[str]:
    return {item.value.removeprefix("pkg:") for item in extract(Document(text)).indicators if item.kind == kind}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (  # American quotation: the comma stands within
            'Researchers found five malicious npm packages ("wirepath," "routemill," "netlattice," and "bytemill") that drop a binary.',
            {"npm/wirepath", "npm/routemill", "npm/netlattice", "npm/bytemill"},
        ),
        (  # one list, its worlds as labels
            ("The names of the malicious packages are listed below -\n\n**npm -**\n\n* chartgrove\n* chartmesh\n* lumenpath\n\n"
            "**PyPI -**\n\n* chartgrove\n* mathgrove\n"),
            {"npm/chartgrove", "npm/chartmesh", "npm/lumenpath", "pypi/chartgrove", "pypi/mathgrove"},
        ),
        (
            ("The complete list of identified malicious packages is as follows -\n\n* npm: log-grove-core, logmillx\n"
            "* Go: github[.]com/grovedev/formgrove\n* Rust: tracegrove\n* Packagist: grovedev/logmill\n"),
            {
                "npm/log-grove-core", "npm/logmillx", "golang/github.com/grovedev/formgrove", "cargo/tracegrove",
                "composer/grovedev/logmill",
            },
        ),
        (  # versions behind the first one
            "Affected npm packages:\n\n- @grove/search@3.5.3, 3.6.2, and 3.7.0\n",
            {"npm/%40grove/search@3.5.3", "npm/%40grove/search@3.6.2", "npm/%40grove/search@3.7.0"},
        ),
        (  # a version that another sentence tells
            ('The malicious npm package is named "eslint-plugin-grovelint-ts". It steals environment variables.\n\n'
            "The malicious code was introduced in version 1.1.3 of the package."),
            {"npm/eslint-plugin-grovelint-ts@1.1.3"},
        ),
        (
            'Socket identified a Maven Central package named org.grovenpm:grove-node:4.18.1 that embeds the malicious loader of the npm package.',
            {"maven/org.grovenpm/grove-node@4.18.1"},
        ),
    ],
)  # fmt: skip
def test_packages_of_real_shapes(text: str, wanted: set[str]) -> None:
    assert values(text) == wanted


def test_what_a_bullet_explains_is_no_package() -> None:
    text = (
        'The malicious npm package "grove-helper-lib" supports these commands -\n\n* **ping**, to send a heartbeat\n'
        "* **screenshot**, to capture the screen\n* **upload**, to send a file\n"
    )
    assert values(text) == {"npm/grove-helper-lib"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('The npm package was uploaded to the registry by a user named "grove-uploader" in May.', {"grove-uploader"}),
        ("The npm account associated with the package is \"grovekeeper\" (aka somebody).", {"grovekeeper"}),
        ("The npm packages were published by two aliases, grove334 and millorg, last week.", {"grove334", "millorg"}),
        ("* grove-nodes-x (12 downloads, author: mill-keeper)\n\nThese npm packages are malicious.", {"mill-keeper"}),
        ("When unsuspecting developers download and run these npm packages, tokens leak.", set()),
    ],
)  # fmt: skip
def test_accounts_that_a_sentence_introduces(text: str, wanted: set[str]) -> None:
    assert values(text, "npm-account") == wanted


def test_extensions_that_a_program_looks_for_are_its_victims() -> None:
    ids = ["nkbihfbeogaeaoehlefnkodbefgpgknn", "bfnaelmomeimhlpmgjnjophhpkkoljpa"]
    text = f"The stealer looks for these wallet extensions:\n\n```\n{ids[0]}\n{ids[1]}\n```\n"
    assert values(text, "browser-extension") == set()


def test_a_doubtful_name_is_shown_not_kept() -> None:
    text = "# Notes\n\nAn npm package is described. The grove-lint module of another vendor was looked at, too."
    standings = {item.name: item.standing for item in extract(Document(text)).items if item.kind == "package"}
    assert standings.get("grove-lint") in (None, Standing.POSSIBLE, Standing.INDICATOR)


def test_weights_name_signs() -> None:
    assert "*" in weights()
    assert weights()["downloads"] > 0 > weights()["tool"]


def test_places_are_grouped_without_regard_to_case() -> None:
    from array import array

    from lazaretto.intel.extract.mapped import Mapped
    from lazaretto.intel.extract.page import Page
    from lazaretto.intel.extract.structure import structure

    text = "Grove-lint is an npm package. The package grove-lint steals."
    page = Page(Mapped(text, array("I", range(len(text))), bytes(len(text))), structure(text), bytearray(len(text)))
    assert "grove-lint" in by_name(places(page))
