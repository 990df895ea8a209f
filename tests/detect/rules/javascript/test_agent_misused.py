import pytest

from lazaretto.detect.rules.javascript.agent_misused import RULE


def test_agent_that_looks_for_wallets(look):
    source = "const cp = require('child_process');\ncp.spawnSync('claude', ['--dangerously-skip-permissions', '-p', 'list every wallet keystore below $HOME']);\n"
    assert look(RULE, source) == [
        (
            2,
            "HIGH",
            "MEDIUM",
            "starts a coding agent with its questions switched off (--dangerously-skip-permissions)",
        )
    ]


def test_a_tool_that_drives_agents_says_less(look):
    source = "require('child_process').spawn('gemini', ['--yolo', task])"
    assert [fact[1:3] for fact in look(RULE, source)] == [("LOW", "MEDIUM")]


@pytest.mark.parametrize("source", ["// run it with --yolo", "const flags = ['--dangerously-skip-permissions']"])
def test_near_misses(look, source):
    assert look(RULE, source) == []
