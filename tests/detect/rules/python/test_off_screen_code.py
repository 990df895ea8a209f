"""Code far to the right."""

from lazaretto.detect.rules.python.off_screen_code import RULE


def test_after_blanks(scan):
    text = "import os\nVERSION = 1" + " " * 300 + ";exec(os.name)\n"
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import")]


def test_on_a_line_of_its_own(scan):
    text = "\n" + " " * 200 + "import os; os.system('true')\n"
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import")]


def test_near_miss_a_wide_table(scan):
    assert scan(RULE, "TABLE = [1," + " " * 150 + "2, 3]\n") == []


def test_near_miss_a_comment(scan):
    assert scan(RULE, "x = 1" + " " * 150 + "# exec(nothing)\n") == []
