"""Programs of the package that start by themselves."""

from lazaretto.detect.rules.binary.executable_in_package import RULE as BRINGS
from lazaretto.detect.rules.binary.started_uninvited import RULE
from lazaretto.model.finding import Confidence, Finding, Location, Severity, Signal
from lazaretto.model.text import Message

FILES = "package.json install.js bin/helper.exe pkg/__init__.py"


def program(traits="program", kind="PE", path="bin/helper.exe"):
    return Signal("executable", f"{kind}\t{traits}", path)


def seen(findings):
    return [(f.severity.name, f.confidence.name, f.phase.value, f.message.english()) for f in findings]


START = Signal("start", "install\tbin/helper.exe", "package.json", 3)
INSTALLER = Signal("start", "install\tinstall.js", "package.json", 3)


def test_a_lifecycle_script_starts_a_program(join):
    (finding,) = join(RULE, FILES, [program(), START])
    assert seen([finding]) == [("HIGH", "MEDIUM", "install", "installing starts the program bin/helper.exe (PE)")]
    assert [(place.path, place.line) for place in finding.locations] == [("package.json", 3), ("bin/helper.exe", 1)]


def test_a_packed_or_harmful_one_is_surer(join):
    assert seen(join(RULE, FILES, [program("program packed"), START]))[0][:2] == ("HIGH", "HIGH")
    assert seen(join(RULE, FILES, [program("program packed signed"), START]))[0][:2] == ("HIGH", "MEDIUM")
    assert seen(join(RULE, FILES, [program(), Signal("disguised", "exe", "bin/helper.exe"), START]))[0][1] == "HIGH"
    for rule, severity in (("binary/script-bundle", Severity.LOW), ("binary/stealer-strings", Severity.HIGH)):
        note = Finding(rule, "s", severity, Confidence.HIGH, (Location("bin/helper.exe"),), Message("m"))
        assert seen(join(RULE, FILES, [program(), START], (note,)))[0][:2] == ("HIGH", "HIGH")


def test_code_that_runs_at_installation_starts_it(join):
    call = Signal("starts-program", "\thelper.exe", "install.js", 7)
    (finding,) = join(RULE, FILES, [program(), INSTALLER, call])
    assert [place.path for place in finding.locations] == ["package.json", "install.js", "bin/helper.exe"]
    setup = Signal("starts-program", "install\thelper", "setup.py", 7)
    assert seen(join(RULE, FILES + " setup.py", [program(), setup]))[0][:3] == ("HIGH", "MEDIUM", "install")


def test_import_starts_it(join):
    call = Signal("starts-program", "import\thelper.exe", "pkg/__init__.py", 7)
    assert seen(join(RULE, FILES, [program(), call])) == [
        ("MEDIUM", "MEDIUM", "import", "importing starts the program bin/helper.exe (PE)")
    ]
    assert seen(join(RULE, FILES, [program("program signed"), call]))[0][0] == "LOW"


def test_near_misses(join):
    later = Signal("starts-program", "run\thelper.exe", "pkg/__init__.py", 7)
    assert not join(RULE, FILES, [program(), later])
    unreached = Signal("starts-program", "\thelper.exe", "install.js", 7)
    assert not join(RULE, FILES, [program(), unreached])
    assert not join(RULE, FILES, [program(), Signal("starts-program", "import\thelper.exe", "install.js", 7)])
    assert not join(RULE, FILES, [program("library"), START])
    assert not join(RULE, FILES, [START])
    main = Signal("start", "import\tinstall.js", "package.json", 3)
    assert not join(RULE, FILES, [program(), main, unreached])


def test_a_program_is_mentioned(join):
    (finding,) = join(BRINGS, FILES, [program()])
    assert seen([finding])[0][0] == "LOW"
    assert seen([finding])[0][3] == "brings compiled files that nobody can read: 1; the first is bin/helper.exe"
    assert not join(BRINGS, FILES, [program("library", path="pkg/a.so")])
    assert join(BRINGS, "setup.py pkg/a.so", [program("library", path="pkg/a.so")])
    assert not join(BRINGS, FILES, [program(path="tests/data/a.exe")])
