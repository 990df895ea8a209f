"""Secrets out of what is quoted: a history holds passwords, and a report travels."""

import re

_HIDDEN = "[secret]"
_VALUE = r"(?:\"[^\"]{1,400}\"|'[^']{1,400}'|[^\s\"']{1,400})"
_WORD = r"(?:pass(?:word|wd|phrase)?|token|secret|auth|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)"
_TOKENS = (
    r"gh[pousr]_\w{20,255}",
    r"github_pat_\w{20,255}",
    r"npm_\w{30,60}",
    r"pypi-[\w-]{30,400}",
    r"glpat-[\w-]{16,64}",
    r"xox[abprs]-[\w-]{10,200}",
    r"sk-[\w-]{20,200}",
    r"AKIA[0-9A-Z]{16}",
    r"AIza[\w-]{30,50}",
    r"eyJ[\w-]{8,400}\.[\w-]{8,800}(?:\.[\w-]{0,400})?",
)
_RULES = (
    # a header: Authorization: Bearer x
    (re.compile(r"(?i)(\bauthorization\s{0,2}:\s{0,2}(?:basic|bearer|token)?\s{0,2})[^\s\"']{4,400}"), r"\1" + _HIDDEN),
    (re.compile(r"(?i)(\bbearer\s{1,2})[\w.~+/=-]{8,400}"), r"\1" + _HIDDEN),
    # an option by its name: --password x, --auth-token=x
    (re.compile(rf"(?i)(--?[\w-]{{0,24}}{_WORD}[\w-]{{0,24}}(?:=|\s{{1,4}})){_VALUE}"), r"\1" + _HIDDEN),
    # a variable, a key: NPM_TOKEN=x, //host/:_authToken=x
    (re.compile(rf"(?i)([\w-]{{0,40}}{_WORD}[\w-]{{0,24}}\s{{0,2}}[=:]\s{{0,2}}){_VALUE}"), r"\1" + _HIDDEN),
    # a login in an address: https://user:x@host, https://x@host
    (re.compile(r"(\w{2,12}://)[^\s/@:\"']{0,200}:[^\s/@\"']{0,400}@"), r"\1" + _HIDDEN + "@"),
    (re.compile(r"(\w{2,12}://)[^\s/@:\"']{16,200}@"), r"\1" + _HIDDEN + "@"),
    (re.compile(r"(\s-u\s{0,2})[^\s:]{1,100}:\S{1,200}"), r"\1" + _HIDDEN),
    (re.compile(r"(?i)(\b(?:mysql|mysqldump|mariadb)\b.{0,200}?\s-p)[^\s-]\S{0,200}"), r"\1" + _HIDDEN),
    # by their shape: tokens of services, private keys
    (re.compile(r"\b(?:" + "|".join(_TOKENS) + r")"), _HIDDEN),
    (re.compile(r"\b(?:0x)?[0-9a-fA-F]{64}\b"), _HIDDEN),
)
LONGEST = 2000


def redact(text: str) -> str:
    """Return one line of a command with what looks like secrets taken out, cut to 200 characters.

    Private keys (64 hexadecimal digits) go, too. Names of options stay: they say what was done.
    """
    text = text[:LONGEST]
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text if len(text) <= 200 else text[:199] + "…"
