from lazaretto.detect.rules.javascript.off_screen_code import RULE

FAR = " " * 507


def test_code_behind_the_export(look):
    source = f"const a = 1;\nmodule.exports = router;{FAR}const x = require('fs');\n"
    assert look(RULE, source) == [
        (2, "HIGH", "HIGH", f"code that loads or executes stands {24 + len(FAR)} columns to the right, off screen")
    ]


def test_tabs_count_too(look):
    assert [f[:3] for f in look(RULE, "let a;" + "\t" * 160 + "eval(b)\n")] == [(1, "HIGH", "HIGH")]


def test_near_misses(look):
    assert look(RULE, f"const a = 1;{FAR}// require('x') is explained here\n") == []
    assert [f[1] for f in look(RULE, f"const a = 1;{FAR}const b = 2;\n")] == ["LOW"]
    assert [f[1] for f in look(RULE, f"{FAR}require('x');\n")] == ["LOW"]  # deep indentation
    assert look(RULE, "const a = require('x');" + " " * 100 + "eval(b)\n") == []
