import pytest

from lazaretto.detect.rules.javascript.loads_non_code_file import RULE


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('require("../config/.svn/.DS_Store");', "../config/.svn/.DS_Store"),
        ("const hello = require('../data/images/.svn/mark.svg')();", "../data/images/.svn/mark.svg"),
        ("import '../assets/.svn/entries.db';", "../assets/.svn/entries.db"),
        (
            "require('child_process').exec('node ./public/fonts/fa-solid-400.woff2');",
            "./public/fonts/fa-solid-400.woff2",
        ),
        ("const fs = require('fs'); eval(fs.readFileSync('./public/logo.png', 'utf8'));", "./public/logo.png"),
    ],
)
def test_loads(look, source, name):
    assert look(RULE, source) == [(1, "HIGH", "HIGH", f"loads {name} as a program")]


def test_called_asset_says_less(look):
    assert [f[1:3] for f in look(RULE, "require('./words.dict')(require)")] == [("HIGH", "MEDIUM")]


@pytest.mark.parametrize(
    "source",
    [
        "<Image source={require('./img/logo.png')} />",
        "import logo from './logo.svg'; import './fonts/a.woff2';",
        "// const hello = require('../data/images/.svn/mark.svg')();",
        "const fs = require('fs'); const png = fs.readFileSync('./logo.png'); eval('1')",
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source) == []
