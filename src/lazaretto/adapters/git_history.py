"""The newest commits of a repository, read object by object, never with git."""

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from lazaretto.adapters.git_objects import COMMIT, ObjectError, Objects
from lazaretto.model.offer import Commit, History

COMMITS = 500
_PERSON = re.compile(
    rb"^(author|committer) [^\n]{0,400}?<([^<>\n]{0,300})> (-?\d{1,15}) ([+-])(\d{2})(\d{2})$", re.MULTILINE
)
_NAME = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def read_history(path: str, name: str, limit: int = COMMITS) -> History | None:
    """Return the newest commits on the way of first parents; None when the folder holds no repository.

    What is missing or damaged ends the history there: `complete` is False then.
    """
    folder = Path(path)
    git = folder / ".git" if (folder / ".git").is_dir() else folder
    if not (git / "objects").is_dir():
        return None
    head = _head(git)
    if not head:
        return History(name)
    objects = Objects(git / "objects", 1 << 20, wide=len(head) == 64)
    commits: list[Commit] = []
    complete = True
    try:
        while head and len(commits) < limit:
            kind, data = objects.get(head.encode())
            commit = _commit(head, data) if kind == COMMIT else None
            if commit is None:
                complete = False
                break
            commits.append(commit)
            match = re.search(rb"^parent ([0-9a-f]{40,64})$", data[: data.find(b"\n\n") + 1], re.MULTILINE)
            head = match.group(1).decode() if match else ""
        complete = complete and not head
    except ObjectError:
        complete = False
    finally:
        objects.close()
    return History(name, tuple(commits), len(_heads(git)), complete and not (git / "shallow").exists())


def _commit(name: str, data: bytes) -> Commit | None:
    header, _, message = data.partition(b"\n\n")
    people = {match.group(1): match for match in _PERSON.finditer(header[:20_000])}
    if len(people) != 2:
        return None
    try:
        times = {who: _time(match) for who, match in people.items()}
    except (ValueError, OverflowError, OSError):
        return None
    return Commit(
        id=name,
        author=people[b"author"].group(2).decode("utf-8", "replace"),
        committer=people[b"committer"].group(2).decode("utf-8", "replace"),
        authored=times[b"author"],
        committed=times[b"committer"],
        subject=message.split(b"\n", 1)[0][:200].decode("utf-8", "replace"),
        parents=header.count(b"\nparent "),
    )


def _time(match: re.Match[bytes]) -> datetime:
    offset = timedelta(hours=int(match.group(5)), minutes=int(match.group(6)))
    zone = timezone(-offset if match.group(4) == b"-" else offset)
    return datetime.fromtimestamp(int(match.group(3)), UTC).astimezone(zone)


def _heads(git: Path) -> set[str]:
    found = set()
    try:
        packed = (git / "packed-refs").read_text(encoding="utf-8", errors="replace")[: 1 << 20]
    except OSError:
        packed = ""
    found |= {line.partition(" ")[2] for line in packed.splitlines() if " refs/heads/" in line}
    root = git / "refs" / "heads"
    for number, path in enumerate(root.rglob("*")):
        if number > 1000:
            break
        if path.is_file():
            found.add(f"refs/heads/{path.relative_to(root).as_posix()}")
    return found


def _head(git: Path) -> str:
    """Return the name of HEAD's commit; empty when there is none."""
    ref = "HEAD"
    for _ in range(6):
        try:
            with (git / ref).open("rb") as stream:
                text = stream.read(4096).decode("utf-8", "replace").strip()
        except (OSError, ValueError):
            return _packed(git, ref)
        if _NAME.fullmatch(text):
            return text
        if not text.startswith("ref:"):
            return ""
        ref = text[4:].strip()
        if not ref.startswith("refs/") or ".." in ref:
            return ""
    return ""


def _packed(git: Path, ref: str) -> str:
    try:
        with (git / "packed-refs").open("rb") as stream:
            text = stream.read(16 << 20).decode("utf-8", "replace")
    except OSError:
        return ""
    for line in text.splitlines():
        value, _, name = line.partition(" ")
        if name.strip() == ref and _NAME.fullmatch(value):
            return value
    return ""
