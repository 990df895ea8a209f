"""Build `src/lazaretto/detect/data/confusables.txt`: characters that look like letters of host names (UTS #39).

    npm pack unhomoglyph            (its `data.json` holds Unicode's `confusables.txt`, version 13.0.0)
    python tools/build_confusables.py package/data.json

Kept are characters that case folding and NFKC leave as they are, and whose prototype is ASCII letters or digits.
"""  # noqa: INP001 - a command, not a package

import argparse
import json
import unicodedata
from pathlib import Path

OUT = Path(__file__).parent.parent / "src/lazaretto/detect/data/confusables.txt"
HEAD = """# Characters that look like ASCII letters, and what they look like (UTS #39, confusables.txt).
# Source: unicode.org/Public/security 13.0.0, in the npm package unhomoglyph 1.0.6; made by tools/build_confusables.py
# (c) Unicode, Inc., unicode.org/license.txt
"""


def main() -> None:
    """Read the table, write the part of it that host names need."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    table: dict[str, str] = json.loads(arguments.source.read_text(encoding="utf-8"))
    rows = {}
    for sign, prototype in table.items():
        shown = unicodedata.normalize("NFKC", prototype).lower()
        folded = unicodedata.normalize("NFKC", sign).casefold()
        if len(sign) == 1 and folded == sign and not sign.isascii() and shown.isascii() and shown.isalnum():
            rows[sign] = shown
    body = "".join(f"{ord(sign):04X} {shown}\n" for sign, shown in sorted(rows.items()))
    arguments.out.write_text(HEAD + body, encoding="utf-8")


if __name__ == "__main__":
    main()
