"""Make a virtual environment for each peer, at pinned versions, outside the repository.

    python bench/peers.py [NAME ...]

They go below `$LAZARETTO_BENCH` (by default `~/.cache/lazaretto-bench`), one folder each. A peer is one runner in
`bench/runners/` and one line here.

Thresholds: GuardDog calls 5.0 its `suspicious` band and, in its documentation, 7.6 `High risk`. hexora gives a file a
score from 0 to 1 and no threshold; ten times the score of the worst file is compared with 3.1 and 7.
"""

import argparse
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(os.environ.get("LAZARETTO_BENCH") or Path.home() / ".cache" / "lazaretto-bench")


@dataclass(frozen=True, slots=True)
class Peer:
    """How to have a peer and to read it."""

    requirements: tuple[str, ...]
    suspicious: float
    """Score from which a package counts as worth looking at."""
    malicious: float
    """Score from which it has the worst grade."""
    ecosystems: tuple[str, ...] = ("pypi", "npm")
    runner: tuple[str, ...] = ()
    """Another peer's environment and runner, with these arguments; empty: its own."""


PEERS = {
    "guarddog": Peer(("guarddog==3.2.0",), 5.0, 7.6),
    "guarddog-as-shipped": Peer((), 5.0, 7.6, runner=("guarddog", "--as-shipped")),
    "hexora": Peer(("hexora==0.3.2",), 3.1, 7.0, ("pypi",)),
}


def command_of(name: str) -> list[str]:
    """What starts a peer's runner."""
    owner, *options = PEERS[name].runner or (name,)
    return [str(_python_of(owner)), str(Path(__file__).parent / "runners" / f"run_{owner}.py"), *options]


def _python_of(name: str) -> Path:
    return CACHE / "peers" / name / "bin" / "python"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=[], metavar="NAME", help=f"of {', '.join(PEERS)}; all when none")
    for name in parser.parse_args().names or [name for name, peer in PEERS.items() if peer.requirements]:
        folder = CACHE / "peers" / name
        if not _python_of(name).exists():
            venv.create(folder, with_pip=True)
        install = [str(_python_of(name)), "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
        subprocess.run([*install, *PEERS[name].requirements], check=True)
        print(f"{name}: {', '.join(PEERS[name].requirements)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
