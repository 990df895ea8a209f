import pytest

from lazaretto.detect.rules.javascript.function_with_require import RULE


def test_parameter_becomes_a_function_with_require(look):
    source = (
        "exports.handle = (code) => {\n  const f = new (Function.constructor)('require', code);\n  f(require);\n};\n"
    )
    assert look(RULE, source) == [
        (2, "HIGH", "HIGH", "Function.constructor builds a function from text and gives it require")
    ]


def test_plain_function_says_less(look):
    assert [fact[1:3] for fact in look(RULE, 'exports.run = (c) => new Function("require", c)(require)')] == [
        ("HIGH", "MEDIUM")
    ]


@pytest.mark.parametrize(
    "source",
    [
        'new Function("exports", "require", "module", code)(m.exports, require, m)',  # a module loader
        'Function("require", code)(fakeRequire)',  # a require of its own
    ],
)
def test_module_loaders_do_not_raise_a_grade(look, source):
    assert [fact[1:3] for fact in look(RULE, source)] == [("MEDIUM", "LOW")]


@pytest.mark.parametrize(
    "source",
    [
        'new Function("require", "return 1")',
        'new Function("modulePath", "return import(modulePath)")',
        'new this.constructor("require")',
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source) == []
