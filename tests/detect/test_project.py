from lazaretto.detect.project import FileInfo, Project
from lazaretto.model.finding import Phase, Signal


def project(paths: str, *signals: Signal) -> Project:
    return Project({path: FileInfo(1, "") for path in paths.split()}, signals)


def test_javascript_specifiers_resolve_like_node() -> None:
    tree = project("a/index.js a/b.js a/c/index.ts a/d.json x.mjs a/e.ts")
    assert tree.resolve_js("a/index.js", "./b") == "a/b.js"
    assert tree.resolve_js("a/index.js", "./c") == "a/c/index.ts"
    assert tree.resolve_js("a/index.js", "./d.json") == "a/d.json"
    assert tree.resolve_js("a/index.js", "../x") == "x.mjs"
    assert tree.resolve_js("a/index.js", "./e.js") == "a/e.ts"
    assert tree.resolve_js("a/index.js", "express") is None
    assert tree.resolve_js("a/index.js", "../../../etc/passwd") is None


def test_python_modules_resolve_from_the_importer_and_from_roots() -> None:
    tree = project("pkg/__init__.py pkg/a.py pkg/sub/b.py setup.py src/lib/c.py")
    assert tree.resolve_py("pkg/a.py", ".sub.b") == "pkg/sub/b.py"
    assert tree.resolve_py("pkg/sub/b.py", "..a") == "pkg/a.py"
    assert tree.resolve_py("setup.py", "pkg.a") == "pkg/a.py"
    assert tree.resolve_py("setup.py", "lib.c") == "src/lib/c.py"
    assert tree.resolve_py("setup.py", "os") is None


def test_reach_follows_imports_from_the_earliest_trigger() -> None:
    tree = project(
        "package.json .vscode/tasks.json a.js b.js c.js",
        Signal("start", "install\ta.js", "package.json"),
        Signal("start", "open\tb", ".vscode/tasks.json"),
        Signal("import", "js\t./b", "a.js"),
        Signal("import", "js\t./c", "b.js"),
        Signal("import", "js\t./a", "c.js"),
    )
    reach = tree.reach("c.js")
    assert reach is not None
    assert reach.phase is Phase.OPEN
    assert reach.chain == (".vscode/tasks.json", "b.js", "c.js")
    a = tree.reach("a.js")
    assert a is not None
    assert a.phase is Phase.OPEN  # through the cycle, earlier than its own install script
    assert tree.reach("package.json") is None


def test_package_scripts_are_followed_across_folders() -> None:
    files = {
        path: FileInfo(1, "") for path in ("package.json", "server/package.json", "server/index.js", "server/lib.js")
    }
    signals = [
        Signal("script-call", "open\t\tstart", ".vscode/tasks.json"),
        Signal("npm-script-call", "start\tserver\tdev", "package.json"),
        Signal("npm-script", "dev\tserver/index.js", "server/package.json"),
        Signal("import", "js\t./lib", "server/index.js"),
    ]
    project = Project(files, signals)
    reach = project.reach("server/lib.js")
    assert reach is not None
    assert reach.phase is Phase.OPEN
    assert reach.chain == (".vscode/tasks.json", "server/index.js", "server/lib.js")


def test_a_script_file_passes_on_what_it_runs() -> None:
    files = {path: FileInfo(1, "") for path in ("up.sh", "x.js")}
    project = Project(files, [Signal("start", "open\tup.sh", "t"), Signal("run", "x.js", "up.sh")])
    reach = project.reach("x.js")
    assert reach is not None
    assert reach.chain == ("t", "up.sh", "x.js")


def test_an_endless_round_of_scripts_ends() -> None:
    project = Project(
        {}, [Signal("npm-script-call", "a\t\tb", "package.json"), Signal("npm-script-call", "b\t\ta", "package.json")]
    )
    assert project.script_files("", "a") == ()


def test_customary_aliases_of_the_source_folder() -> None:
    tree = project("web/src/lib/a.ts web/lib/b.ts")
    assert tree.resolve_js("web/src/app/page.ts", "@/lib/a") == "web/src/lib/a.ts"
    assert tree.resolve_js("web/src/app/page.ts", "@/lib/b") == "web/lib/b.ts"
    assert tree.resolve_js("web/src/app/page.ts", "@scope/lib") is None
