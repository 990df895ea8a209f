"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule

RULES: tuple[Rule, ...] = ()
