from lazaretto.detect.rules.name.placeholder_package import RULE

META = "Metadata-Version: 2.1\nName: internal-tool\nVersion: {version}\nSummary: {summary}\n"


def package(version: str, summary: str, code: str) -> dict[str, str]:
    return {
        "internal-tool-1/PKG-INFO": META.format(version=version, summary=summary),
        "internal-tool-1/tool/__init__.py": code,
    }


def test_a_name_that_is_held(examine):
    assert examine(RULE, package("0.0.1", "Placeholder to prevent dependency confusion", "print('hello')\n")) == [
        (
            "LOW",
            "HIGH",
            "internal-tool-1/PKG-INFO",
            2,
            "internal-tool does nothing, and says that it only holds the name or tests who installs it",
        )
    ]


def test_a_version_that_wins(examine):
    (row,) = examine(RULE, package("99.9.9", "A tool", "VALUE = 1\n"))
    assert row[4] == "internal-tool does nothing, and carries the version 99.9.9 so that it wins over any other"


def test_near_misses(examine):
    assert examine(RULE, package("1.2.3", "A tool", "def add(a, b):\n    return a + b\n\n\n" * 60)) == []
    assert examine(RULE, package("99.9.9", "A tool", "import os\nos.system('true')\n")) == []


def test_hardly_any_code(examine):
    (row,) = examine(RULE, package("1.2.3", "A tool", "VALUE = 1\n"))
    assert row[4] == "internal-tool holds next to no code, and nothing in it acts"


def test_an_attribute_by_its_name_is_no_act(examine):
    code = "class I(install):\n    def run(self):\n        if not getattr(self, 'dry', False):\n            raise RuntimeError\n"
    assert len(examine(RULE, package("99.9.9", "A tool", code))) == 1
    assert examine(RULE, package("99.9.9", "A tool", "getattr(x, 'sys' + y)('true')\n")) != []
    assert examine(RULE, package("99.9.9", "A tool", "getattr(x, name)('true')\n")) == []
