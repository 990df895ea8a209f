"""Message catalogues: collect what is marked with `N_`, bring the translations up to date, compile them.

    python tools/messages.py update     extract from the source, merge into every .po, compile
    python tools/messages.py compile    only compile
    python tools/messages.py check      say what is missing; exit code 1 when anything is

After `update` new entries have an empty `msgstr`: fill them in and run `compile`. A fuzzy entry is one whose English
changed; correct it and remove its `#, fuzzy` mark. Needs Babel (dependency group `dev`).
"""  # noqa: INP001 - a script

import ast
import gettext
import io
import re
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "lazaretto"
LOCALE = SOURCE / "locale"
DOMAIN = "lazaretto"
LANGUAGES = ("ko",)

_FIXED = datetime(2026, 11, 23, tzinfo=UTC)
"""Dates in catalogue headers would differ at every run and say nothing that the history does not."""


def template() -> Catalog:
    """Return a catalogue of all messages in the source, with the files in which they are marked.

    The source is read with `ast`, not with Babel's extractor, which does not see marks within f-strings.

    Raises:
        ValueError: `N_` around something else than a string literal.
    """
    catalogue = _catalogue()
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        for line, text in marked(path.read_text(encoding="utf-8")):
            if text is None:
                raise ValueError(f"{name}:{line}: N_ takes one string literal")
            if text:
                catalogue.add(text, locations=[(name, 0)])
    return catalogue


def marked(source: str) -> Iterator[tuple[int, str | None]]:
    """Yield line and text of every `N_(...)`; None for a text that is not a literal."""
    if "N_(" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
            literal = node.args[0] if len(node.args) == 1 else None
            text = literal.value if isinstance(literal, ast.Constant) else None
            yield node.lineno, text if isinstance(text, str) else None


def po_path(language: str) -> Path:
    """Return the place of a translation."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    """Read a translation; an empty one when there is none."""
    path = po_path(language)
    if not path.exists():
        return _catalogue(language)
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=language, domain=DOMAIN)
    catalogue.creation_date = catalogue.revision_date = _FIXED
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    """Return the .mo file's content; fuzzy entries are left out."""
    stream = io.BytesIO()
    write_mo(stream, catalogue, use_fuzzy=False)
    return stream.getvalue()


def update(language: str) -> None:
    """Merge new messages into a translation; what is no longer used is dropped."""
    catalogue = read(language)
    catalogue.update(template(), no_fuzzy_matching=False, update_header_comment=False)
    catalogue.obsolete.clear()
    catalogue.creation_date = catalogue.revision_date = _FIXED
    stream = io.BytesIO()
    write_po(stream, catalogue, width=120, include_lineno=False, sort_output=True, ignore_obsolete=True)
    po_path(language).parent.mkdir(parents=True, exist_ok=True)
    po_path(language).write_bytes(stream.getvalue().rstrip(b"\n") + b"\n")


def compile_(language: str) -> None:
    """Write the .mo file beside the .po file."""
    po_path(language).with_suffix(".mo").write_bytes(compiled(read(language)))


def problems(language: str) -> Iterator[str]:
    """Yield what is wrong with a translation: missing, fuzzy, other placeholders, stale .mo."""
    catalogue = read(language)
    wanted = {message.id for message in template() if message.id}
    known = {message.id: message for message in catalogue if message.id}
    for text in sorted(wanted - known.keys()):
        yield f"{language}: not in the catalogue (run update): {text!r}"
    for text in sorted(known.keys() - wanted):
        yield f"{language}: no longer used (run update): {text!r}"
    for text in sorted(wanted & known.keys()):
        yield from _entry_problems(language, known[text])
    if entries(po_path(language).with_suffix(".mo")) != entries(io.BytesIO(compiled(catalogue))):
        yield f"{language}: {DOMAIN}.mo is not what compiling {DOMAIN}.po gives (run compile)"


def entries(source: Path | io.BytesIO) -> dict[str, str]:
    """Return a .mo file's translations without its header (which names the tool that wrote it)."""
    if isinstance(source, Path):
        if not source.exists():
            return {}
        source = io.BytesIO(source.read_bytes())
    found: dict[str, str] = dict(gettext.GNUTranslations(source)._catalog)  # type: ignore[attr-defined]  # noqa: SLF001
    found.pop("", None)
    return found


def _entry_problems(language: str, message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield f"{language}: fuzzy: {message.id!r}"
    elif not message.string:
        yield f"{language}: not translated: {message.id!r}"
    elif placeholders(str(message.id)) != placeholders(str(message.string)):
        yield f"{language}: other placeholders: {message.id!r} -> {message.string!r}"


def placeholders(text: str) -> set[str]:
    """Return the names of a `str.format` template's fields; what is no template has none."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return set(re.findall(r"\{(\w*)\}", text))


def _catalogue(language: str | None = None) -> Catalog:
    return Catalog(
        locale=language,
        domain=DOMAIN,
        project="lazaretto",
        version="1",
        copyright_holder="Lazaretto contributors",
        msgid_bugs_address="none",
        header_comment="# Messages of Lazaretto. Written by tools/messages.py; translate the msgstr entries by hand.",
        creation_date=_FIXED,
        revision_date=_FIXED,
        last_translator="Lazaretto contributors",
        language_team=language or "none",
        charset="utf-8",
        fuzzy=False,
    )


def main(arguments: list[str]) -> int:
    """Run one command over all languages."""
    if len(arguments) != 1 or arguments[0] not in ("update", "compile", "check"):
        sys.stderr.write(__doc__ or "")
        return 2
    found = 0
    for language in LANGUAGES:
        if arguments[0] == "update":
            update(language)
        if arguments[0] != "check":
            compile_(language)
        for problem in problems(language):
            found += 1
            sys.stdout.write(problem + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
