from lazaretto.detect.rules.javascript.raw_process_binding import RULE

SOURCE = """const inner = process.binding("spawn_sync");
inner.spawn({ file: "/bin/true", args: ["true"], envPairs: [], stdio: [] });
"""


def test_a_program(look):
    assert [fact[:3] for fact in look(RULE, SOURCE)] == [(2, "HIGH", "HIGH")]


def test_near_misses(look):
    wraps = 'const inner = process.binding("spawn_sync");\nconst old = inner.spawn;\ninner.spawn = wrap(old);\n'
    assert look(RULE, wraps) == []
    assert look(RULE, 'process.binding("constants"); spawn({ file: "/bin/true" }); // spawn_sync') == []
