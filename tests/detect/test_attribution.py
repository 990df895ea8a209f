"""Whose program it is."""

import pytest

from lazaretto.detect.attribution import Facts, Owner, build, chain_text, is_manager, lifecycle, named, of_path, owner

NPM = Facts("/usr/bin/node", ("npm", "ci"), "/w", {})
SCRIPT = {"npm_lifecycle_event": "postinstall", "npm_package_name": "graph-x", "npm_package_version": "2.2.9"}
GRAPH = Owner("npm:graph-x@2.2.9", "postinstall", "lifecycle")
PIP_ARGV = ("/usr/bin/python3", "/usr/lib/python3/dist-packages/pip/_vendor/pyproject_hooks/_in_process/_in_process.py")


def facts(path="/bin/sh", argv=("sh",), cwd="/w", **environment):
    return Facts(path, argv, cwd, environment)


def test_a_lifecycle_script_is_its_packages():
    assert owner(facts(**SCRIPT), None, of_manager=True) == GRAPH
    assert lifecycle({"npm_package_name": "graph-x"}) is None
    assert lifecycle({"npm_lifecycle_event": "test", "npm_package_name": "@s/x"}).package == "npm:@s/x"


def test_what_it_starts_is_its_too():
    assert owner(facts("/usr/bin/curl", ("curl", "c2.test")), GRAPH, of_manager=False) == GRAPH


def test_it_cannot_blame_another():
    claim = {**SCRIPT, "npm_package_name": "innocent"}
    assert owner(facts(**claim), GRAPH, of_manager=False) == GRAPH


def test_an_install_within_a_script_has_owners_of_its_own():
    inner = {**SCRIPT, "npm_package_name": "inner", "npm_package_version": "1.0.0"}
    assert owner(facts(**inner), GRAPH, of_manager=True) == Owner("npm:inner@1.0.0", "postinstall", "lifecycle")
    assert owner(facts("/usr/bin/node", ("npm", "install"), **SCRIPT), GRAPH, of_manager=False) == GRAPH


@pytest.mark.parametrize(
    ("path", "argv"),
    [
        ("/usr/bin/node", ("node", "/usr/share/nodejs/npm/bin/npm-cli.js", "ci")),
        ("/usr/bin/node", ("node", "/usr/bin/npm", "ci")),
        ("/usr/bin/npm", ("npm", "ci")),
        ("/usr/bin/node", ("node", "--no-warnings", "/opt/yarn-4.1.0.cjs", "install")),
        ("/usr/bin/python3.11", ("python3", "-m", "pip", "install", "x")),
        ("/usr/bin/python3", ("/usr/bin/python3", "/usr/bin/pip3", "install")),
        ("/usr/local/bin/uv", ("uv", "sync")),
    ],
)
def test_a_package_manager(path, argv):
    assert is_manager(Facts(path, argv, "/w", {}))


@pytest.mark.parametrize(
    ("path", "argv"),
    [
        ("/usr/bin/node", ("node", "server.js", "npm")),
        ("/bin/sh", ("sh", "-c", "npm ci")),
        ("/usr/bin/python3", ("python3", "-m", "pipeline")),
        ("/usr/bin/node", ("node",)),
    ],
)
def test_no_package_manager(path, argv):
    assert not is_manager(Facts(path, argv, "/w", {}))


def test_a_build_back_end_of_pip():
    told = build(
        facts("/usr/bin/python3", (*PIP_ARGV, "build_wheel", "/tmp/x"), "/tmp/pip-install-ab12_x/py-graph_" + "0a" * 16)
    )
    assert told == Owner("pypi:py-graph", "build_wheel", "build")
    assert named(told, b"Metadata-Version: 2.1\nName: py_graph\nVersion: 0.4\n") == Owner(
        "pypi:py_graph@0.4", "build_wheel", "build"
    )
    assert named(told, b"Name: numpy\nVersion: 2\n") == told
    local = build(facts("/usr/bin/python3", (*PIP_ARGV, "prepare_metadata_for_build_wheel"), "/home/dev/work/x"))
    assert local == Owner("pypi:?", "prepare_metadata_for_build_wheel", "build")
    assert named(local, b"Name: x\nVersion: 1\n").package == "pypi:x@1"
    assert named(local, b"\xff\xfe") == local


def test_a_set_up_script_of_pip():
    code = "import setuptools; __file__='/tmp/pip-req-build-a1/setup.py'; exec(...)"
    told = build(facts("/usr/bin/python3", ("python3", "-c", code, "bdist_wheel"), "/tmp/pip-req-build-a1"))
    assert told == Owner("pypi:?", "bdist_wheel", "build")
    assert build(facts("/usr/bin/python3", ("python3", "setup.py", "install"), "/w")) is None


def test_a_build_of_uv():
    cwd = "/home/dev/.cache/uv/sdists-v9/pypi/py-graph/0.4.1/Xy-1/src"
    assert build(facts("/x/python", ("python", "-"), cwd)) == Owner("pypi:py-graph@0.4.1", "", "build")


def test_what_a_build_starts_is_the_packages():
    mine = Owner("pypi:x@1", "build_wheel", "build")
    assert owner(facts("/usr/bin/gcc", ("gcc", "-c", "a.c")), mine, of_manager=False) == mine


@pytest.mark.parametrize(
    ("path", "package"),
    [
        ("/w/node_modules/esbuild/lib/main.js", "npm:esbuild"),
        ("/w/node_modules/a/node_modules/@s/b/index.js", "npm:@s/b"),
        ("/w/node_modules/.pnpm/left@1.0.0/node_modules/left/x.js", "npm:left"),
        ("/w/node_modules/.bin/tsc", ""),
        ("/usr/lib/python3/dist-packages/six.py", "pypi:six"),
        ("/v/lib/python3.11/site-packages/numpy/core/x.so", "pypi:numpy"),
        ("/v/lib/python3.11/site-packages/numpy-2.dist-info/METADATA", ""),
        ("/w/src/x.js", ""),
        ("/w/node_modules/", ""),
    ],
)
def test_whose_file(path, package):
    assert of_path(path) == package


def test_a_module_that_is_run():
    told = owner(facts("/usr/bin/node", ("node", "/w/node_modules/tool/bin/x.js")), None, of_manager=False)
    assert told == Owner("npm:tool", "", "module")
    told = owner(facts("/usr/bin/node", ("node", "x.js"), "/w/node_modules/@s/tool"), None, of_manager=False)
    assert told == Owner("npm:@s/tool", "", "folder")
    assert owner(NPM, None, of_manager=False) is None
    npm = facts("/usr/bin/node", ("node", "/w/node_modules/npm/bin/npm-cli.js", "ci"))
    assert owner(npm, None, of_manager=False) is None


def test_the_chain_is_said():
    told = chain_text(["graph-x@2.2.9 postinstall"], ["sh", "curl"], "c2.test:443")
    assert told == "graph-x@2.2.9 postinstall -> sh -> curl -> c2.test:443"


@pytest.mark.parametrize("text", ["", "/", "x" * 5000, "/node_modules/" * 500, "\udcff\0", "@/" * 2000])
def test_any_text(text):
    odd = Facts(text, (text, text), text, {"npm_lifecycle_event": text, "npm_package_name": text})
    for made in (owner(odd, None, of_manager=True), owner(odd, GRAPH, of_manager=True)):
        assert made is None or isinstance(made.package, str)
    of_path(text)
    is_manager(odd)
