"""`lazaretto doctor` as a person types it, over parts that are given."""

import json

import pytest

from lazaretto.cli.main import main
from lazaretto.cli.session import App, Session
from lazaretto.model.health import Health, State
from lazaretto.model.text import Message

PARTS = (
    Health("check", State.WORKS, Message.of("examines")),
    Health("run", State.MISSING, Message.of("no sandbox"), (Message.of("sudo apt install bubblewrap"),)),
)


@pytest.mark.parametrize(("parts", "code"), [(PARTS, 3), (PARTS[:1], 0)])
def test_what_works_and_how_to_get_the_rest(parts, code, capsys):
    class Given(App):
        def doctor(self, environment, store):
            return parts

    session = Session(app=Given())
    assert main(["doctor", "--lang", "en", "--color", "never"], session) == code
    told = capsys.readouterr().out
    assert "check  works     examines\n" in told
    assert ("       -> sudo apt install bubblewrap\n" in told) == (code == 3)
    assert main(["doctor", "--format", "json"], session) == code
    assert json.loads(capsys.readouterr().out)["parts"][0]["state"] == "works"
