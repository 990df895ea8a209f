from lazaretto.detect.change import place
from lazaretto.model.finding import Phase, Role, Severity, Signal
from lazaretto.model.package import Package, Relation


def test_places_leave_out_what_every_version_renames(change):
    both = change(
        {"files": {"demo-1.0.tar.gz": "a", "demo-1.0.tar.gz!/demo-1.0/src/demo/a.py": "1"}},
        {
            "files": {
                "demo-1.1-py3-none-any.whl": "b",
                "demo-1.1-py3-none-any.whl!/demo/a.py": "1",
                "demo-1.1-py3-none-any.whl!/demo-1.1.dist-info/METADATA": "m",
            }
        },
    )
    assert dict(both.old_places) == {"demo/a.py": frozenset({"demo-1.0.tar.gz!/demo-1.0/src/demo/a.py"})}
    assert set(both.new_places) == {"demo/a.py", "demo.dist-info/METADATA"}
    assert both.touched == both.fresh == {"demo-1.1-py3-none-any.whl!/demo-1.1.dist-info/METADATA"}
    assert place("dist/assets/index-4f3a9b2c.js") == place("dist/assets/index-99aa00bb.js")
    assert place("lib/handlers.js") == "lib/handlers.js"


def test_an_npm_tarball_and_a_folder_are_comparable(change):
    both = change(
        {"files": {"package.json": "{}", "index.js": "1"}},
        {"files": {"demo-2.tgz": "x", "package/package.json": "{}", "package/index.js": "2"}},
    )
    assert both.touched == {"package/index.js"}
    assert not both.fresh


def test_findings_that_are_there_already_are_not_added(change, finding):
    old = [finding("js/x", "package/a.js", line=3), finding("js/y", "package/b.js", what="one")]
    moved = finding("js/x", "package/lib/a.js", line=9)
    reworded = finding("js/y", "package/b.js", what="two")
    more = finding("js/y", "package/b.js", what="three")
    both = change(
        {"files": {"package/a.js": "text", "package/b.js": "old"}, "findings": old},
        {"files": {"package/lib/a.js": "text", "package/b.js": "new"}, "findings": [moved, reworded, more]},
    )
    assert both.added == (more,)
    assert both.gone == 0


def test_another_command_is_another_trigger(change, finding):
    def script(command, name="postinstall"):
        return finding("npm/lifecycle-script", "package/package.json", Role.TRIGGER, phase=Phase.INSTALL, name=name,
                       command=command)  # fmt: skip

    files = {"package/package.json": "2"}
    both = change(
        {"files": {"package/package.json": "1"}, "findings": [script("node a.js")]},
        {"files": files, "findings": [script("node a.js"), script("node b.js"), script("tsc", "prepare")]},
    )
    assert [trigger.finding.message.english() for trigger in both.triggers] == ["postinstall node b.js"]
    project = change({}, {"files": files, "findings": [script("tsc", "prepare")]}, dependency=False)
    assert len(project.triggers) == 1


def test_metadata_of_the_registry_is_no_change_of_the_code(change, finding):
    both = change({}, {"findings": [finding("meta/single-version", "pkg:npm/demo@1.0.0")]})
    assert both.added == ()


def test_abilities_are_those_that_no_old_file_had(change):
    both = change(
        {"files": ["a.js"], "signals": [Signal("capability", "network", "a.js")]},
        {
            "files": ["a.js", "b.js"],
            "signals": [Signal("capability", "network", "b.js"), Signal("capability", "process", "b.js")],
        },
    )
    assert dict(both.capabilities) == {"process": ("b.js",)}
    assert both.capabilities_in(["b.js"]) == {"network", "process"}


def test_what_a_trigger_reaches_counts_only_where_it_differs(change, finding):
    start = finding("npm/lifecycle-script", "package.json", Role.TRIGGER, phase=Phase.INSTALL)
    signals = [Signal("start", "install\ta.js", "package.json"), Signal("import", "js\t./b", "a.js")]
    both = change(
        {"files": {"package.json": "1", "b.js": "b"}},
        {"files": {"package.json": "2", "a.js": "a", "b.js": "b"}, "signals": signals, "findings": [start]},
    )
    (trigger,) = both.triggers
    assert both.reached_from(trigger) == ("a.js", "package.json")


def test_dependencies_that_are_needed_and_new(change):
    def asked(name, source="package/package.json", **more):
        return Package("npm", name, "", source, 3, Relation.DECLARED, "^1", **more)

    metadata = (
        "Metadata-Version: 2.1\nName: demo\nVersion: 2\nRequires-Dist: six>=1\nRequires-Dist: rich; extra == 'x'\n"
    )
    both = change(
        {"packages": [asked("old")], "files": {"demo-1.dist-info/METADATA": "Name: demo\nVersion: 1\n"}},
        {
            "packages": [
                asked("old"), asked("new"), asked("tool", dev=True), asked("inner", "package/node_modules/x/package.json"),
            ],
            "files": {"demo-2.dist-info/METADATA": metadata},
        },
    )  # fmt: skip
    assert [package.name for package in both.dependencies] == ["new", "six"]


def test_foreign_dependencies_of_tools_do_not_count_for_a_package(change):
    def foreign(name):
        return Signal("foreign-dependency", f"{name}\tgithub:a/{name}", "package/package.json", 4)

    tool = Package("npm", "tool", "", "package/package.json", 4, Relation.DECLARED, "github:a/tool", dev=True)
    new = {"signals": [foreign("tool"), foreign("core")], "packages": [tool], "files": ["package/package.json"]}
    assert [row[0] for row in change({}, new).foreign] == ["core"]
    assert [row[0] for row in change({}, new, dependency=False).foreign] == ["core", "tool"]


def test_sizes_forms_and_compiled_files(change):
    minified = Signal("form", "minified", "a.js")
    both = change(
        {"files": {"a.js": "1", "b.js": "2"}},
        {
            "files": {"a.js": "1" * 500, "b.js": "3", "c.node": "x", "d.dat": "y"},
            "signals": [minified, Signal("executable", "elf\tprogram", "d.dat")],
        },
    )
    assert both.grown(8, 400) == (("a.js", 1, 500),)
    assert both.newly_minified == ("a.js",)
    assert both.binaries == ("c.node", "d.dat")
    assert not both.had_binaries


def test_concealment_below_medium_is_not_told(change, finding):
    weak = finding("js/z", "a.js", Role.CONCEAL, Severity.LOW)
    strong = finding("js/obfuscated-module", "a.js", Role.CONCEAL, Severity.HIGH)
    assert change({}, {"files": ["a.js"], "findings": [weak, strong]}).concealment == (strong,)


def test_a_hundred_thousand_paths_are_grouped_quickly(change):
    paths = [f"package/lib/{number // 100}/file{number}.js" for number in range(100_000)]
    both = change({"files": paths}, {"files": paths})
    assert not both.touched
    assert len(both.new_places) > 90_000
