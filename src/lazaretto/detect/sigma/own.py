"""The Sigma rules that come with this program (`detect/data/sigma/`, Apache-2.0): what toolchains should not do."""

from importlib.resources import files

PREFIX = "lazaretto/"
"""Stands before the names of own rules, where others have a path."""


def own_rules() -> tuple[tuple[str, bytes], ...]:
    """Return name and content of each own rule file, in the order of the names."""
    folder = files("lazaretto").joinpath("detect", "data", "sigma")
    found = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".yml"))
    return tuple((PREFIX + name, entry.read_bytes()) for name, entry in found)
