"""Build `src/lazaretto/parse/data/public-suffixes.dat`: the public suffix list without comments.

    pip download tldextract                            (its wheel holds a copy of the list)
    python tools/build_suffix_list.py tldextract/.tld_set_snapshot

Two parts as in the original: suffixes of registries, then those of companies that hand out names (`vercel.app`).
"""  # noqa: INP001 - a command, not a package

import argparse
from pathlib import Path

OUT = Path(__file__).parent.parent / "src/lazaretto/parse/data/public-suffixes.dat"


def main() -> None:
    """Read the list, write it shorter."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    text = arguments.source.read_text(encoding="utf-8")
    version = next(line for line in text.splitlines() if line.startswith("// VERSION:"))
    registries, _, companies = text.partition("// ===BEGIN PRIVATE DOMAINS===")
    head = (
        "// This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0: "
        "https://mozilla.org/MPL/2.0/\n// publicsuffix.org without its comments; made by tools/build_suffix_list.py\n"
        f"{version}\n"
    )
    body = f"{head}{_rules(registries)}// PRIVATE\n{_rules(companies)}"
    arguments.out.write_text(body, encoding="utf-8")


def _rules(text: str) -> str:
    return "".join(f"{line.strip()}\n" for line in text.splitlines() if line.strip() and not line.startswith("//"))


if __name__ == "__main__":
    main()
