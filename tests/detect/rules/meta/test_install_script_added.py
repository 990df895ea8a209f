from lazaretto.detect.rules.meta.install_script_added import RULE


def test_a_script_where_there_was_none(release, told):
    assert told(RULE, release(install_scripts=("postinstall",), previous_install_scripts=(), previous="1.0.0")) == [
        (
            "LOW", "MEDIUM", "subject", 1,
            "this version runs scripts at installation (postinstall), version 1.0.0 did not",
        )
    ]  # fmt: skip


def test_there_before_or_unknown(release, told):
    assert told(RULE, release(install_scripts=("install",), previous_install_scripts=("install",))) == []
    assert told(RULE, release(install_scripts=("install",))) == []
