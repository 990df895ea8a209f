"""What is handed to functions of other files."""

from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_imported import handovers


def seen(source: str) -> list[tuple[tuple[str, ...], int, tuple[tuple[str, str], ...], bool]]:
    found = handovers(JavaScriptModule(Blob("a.ts", source.encode())))
    return [(one.callee, one.index, one.given.imports, one.given.foreign) for one in found]


def test_what_one_file_brings_goes_to_another() -> None:
    source = "import { pull } from './net';\nconst run = require('./run');\npull().then((t) => run.go(1, t.code));\n"
    assert (("./run", "go"), 1, (("./net", "pull"),), False) in seen(source)


def test_a_function_handed_over_by_name() -> None:
    source = "const { pull } = require('./net');\nconst run = require('./run');\npull().then(run);\n"
    assert (("./run",), 0, (("./net", "pull"),), False) in seen(source)


def test_an_answer_goes_to_an_aliased_import() -> None:
    source = "import { run } from '@/lib/run';\nconst r = await fetch('https://x.test');\nrun(await r.text());\n"
    assert [one for one in seen(source) if one[3]] == [(("@/lib/run", "run"), 0, (), True)]


def test_packages_and_own_functions_are_left_out() -> None:
    assert seen("import axios from 'axios';\nconst run = (a) => a;\nrun(axios.get('https://x.test'));\n") == []
