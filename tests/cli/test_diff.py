import pytest


def test_diff_is_a_check_of_the_new_against_the_old(run, fake):
    code, out, _ = run("diff", "old-clean", "new-malicious", "--format", "json")
    assert code == 20
    assert '"target": "new-malicious"' in out
    assert fake.seen[-1]["against"] == "old-clean"


def test_check_takes_the_older_version_as_an_option(run, fake):
    assert run("check", "clean", "--against", "previous")[0] == 0
    assert fake.seen[-1]["against"] == "previous"
    assert run("check", "clean")[0] == 0
    assert fake.seen[-1]["against"] == ""


@pytest.mark.parametrize("arguments", [("a", "b"), ("a", "--files-from", "-")])
def test_one_target_is_compared_with_one_version(run, arguments):
    code, _, err = run("check", *arguments, "--against", "old")
    assert code == 2
    assert "--against compares one target" in err


def test_diff_needs_both(run):
    assert run("diff", "old")[0] == 2
