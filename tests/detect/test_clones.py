from lazaretto.detect.clones import find_clones, marks, relative, root_of
from lazaretto.detect.own_package import OwnPackage


def only(project, store):
    (found,) = find_clones(project, store)
    return found


def test_a_whole_copy(clone_store, wheel, project_of):
    found = only(project_of(wheel("ostrich")), clone_store)
    assert (found.name, found.version, found.files) == ("meshery", "1.0", 6)
    assert (len(found.unchanged), found.changed, found.extra) == (6, (), ())
    assert found.contained > 0.9
    assert found.share > 0.9
    assert found.kept == ("author", "mail", "summary")


def test_changed_extra_and_gained(clone_store, wheel, project_of):
    files = wheel("ostrich", **{"ostrich/added.py": "def helper(value):\n    return value + 1\n"})
    files["ostrich/knot.py"] += "import subprocess\n"
    found = only(project_of(files), clone_store)
    assert (found.changed, found.extra, len(found.unchanged)) == (("ostrich/knot.py",), ("ostrich/added.py",), 5)
    assert found.gained == {"ostrich/knot.py": ("process",)}


def test_a_source_archive(clone_store, wheel, project_of):
    files = {f"ostrich-1.0/src/{path}": text for path, text in wheel("ostrich").items() if "-info" not in path}
    files["ostrich-1.0/PKG-INFO"] = "Metadata-Version: 2.1\nName: ostrich\nVersion: 1.0\n"
    files["ostrich-1.0/setup.py"] = "from setuptools import setup\nsetup(name='ostrich')\n"
    found = only(project_of(files), clone_store)
    assert (len(found.unchanged), found.changed, found.extra, found.kept) == (6, (), (), ())


def test_the_package_itself_and_users_of_it(clone_store, wheel, project_of):
    assert find_clones(project_of(wheel("meshery")), clone_store) == []
    other = "".join(f"def other_function_{number}(value):\n    return value ** {number}3\n" for number in range(40))
    user = wheel("ostrich", **{f"ostrich/own_{number}.py": other.replace("other", f"o{number}") for number in range(9)})
    assert find_clones(project_of(user), clone_store) == []
    part = {path: text for path, text in wheel("ostrich").items() if "knot" in path or "-info" in path}
    assert find_clones(project_of(part), clone_store) == []


def test_relative_paths():
    own = OwnPackage("pypi", "a", "1", "a-1/PKG-INFO", 1, "", (), "")
    assert relative("a-1/src/a/b/c.py", own) == relative("a-1/a/b/c.py", own) == "*/b/c.py"
    assert relative("a-1/single.py", own) == "single.py"
    assert relative("other/c.py", own) is None
    assert root_of(OwnPackage("pypi", "a", "1", "x/a.egg-info/PKG-INFO", 1, "", (), "")) == "x"
    node = OwnPackage("npm", "a", "1", "package/package.json", 1, "", (), "")
    assert relative("package/lib/C.js", node) == "lib/c.js"


def test_names_and_words_of_a_fork(clone_store, wheel, project_of):
    assert only(project_of(wheel("fast-meshery")), clone_store).names_original
    found = only(project_of(wheel("ostrich")), clone_store)
    assert not found.names_original
    assert not found.says_fork


def test_marks_of_empty_metadata():
    assert marks(OwnPackage("npm", "a", "1", "package.json", 1, "", (), "")) == {}
