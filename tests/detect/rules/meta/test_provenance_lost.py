from lazaretto.detect.rules.meta.provenance_lost import RULE


def test_the_attestation_is_gone(release, told):
    assert told(RULE, release(provenance=False, previous_provenance=True, previous="1.0.0")) == [
        (
            "LOW", "MEDIUM", "subject", 1,
            "version 1.0.0 was published with an attestation of its build, this one without",
        )
    ]  # fmt: skip


def test_there_or_never_there_or_unknown(release, told):
    for now, before in ((True, True), (False, False), (None, True), (False, None)):
        assert told(RULE, release(provenance=now, previous_provenance=before)) == []
