"""Undo what `bench/obfuscated.js` made, and say for how many specimens every telling word came out.

python bench/obfuscated.py FOLDER
"""

import argparse
import time
from pathlib import Path

from lazaretto.parse.javascript import parsed
from lazaretto.parse.js_eval.rewrite import rewritten

WORDS = {
    "exec": ('"child_process"', '.exec("true")', ".hostname"),
    "fetch": ("https://cdn.example.invalid/a.js", "eval("),
    "env": ("collect.example.invalid", "process.env", ".userInfo", '"POST"'),
    "sock": ("c2.example.invalid", "child_process", "net"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    whole = count = 0
    slowest, started = 0.0, time.process_time()
    for path in sorted(parser.parse_args().folder.glob("*.js")):
        before = time.process_time()
        answer = rewritten(path.read_bytes(), parsed)
        slowest = max(slowest, time.process_time() - before)
        text = answer.source.decode().replace("'", '"')
        missing = [word for word in WORDS[path.name.split(".")[0]] if word not in text]
        whole, count = whole + (not missing), count + 1
        if missing:
            print(f"{path.name}: {', '.join(missing)}; {answer.steps}")
    spent = time.process_time() - started
    print(f"{whole} of {count} whole; {spent:.1f} s of processor time, slowest {slowest:.1f} s")


if __name__ == "__main__":
    main()
