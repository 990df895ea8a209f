from lazaretto.detect.names import popular
from lazaretto.detect.rules.name.impersonating_metadata import RULE


def files(name, **more):
    return {
        "package/package.json": {"name": name, "version": "1.0.0", "main": "index.js", **more},
        "package/README.md": "# express\n",
    }


def test_two_clues(examine):
    more = {"repository": "https://github.com/someone/express.git"}
    assert examine(RULE, files("zebra-crossing-web", **more)) == [
        (
            "MEDIUM",
            "LOW",
            "package/package.json",
            2,
            "zebra-crossing-web presents itself as express: the same README title, repository",
        )
    ]


def test_one_clue(examine):
    assert [row[:2] for row in examine(RULE, files("zebra-crossing-web"))] == [("LOW", "MEDIUM")]


def test_known_names_and_parts_of_a_project(examine):
    assert examine(RULE, files("express")) == []
    part = files("zebra-crossing-web", repository="https://github.com/x/express")
    part["package/README.md"] = "# zebra crossing\n"
    assert examine(RULE, part) == []


def test_marks_are_of_summaries():
    assert all(len(mark) == 8 for mark in popular("npm").marks)
