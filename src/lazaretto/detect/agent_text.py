"""Texts that are written for an agent, and command it: what descriptions of tools must not say."""

import re

_ORDERS = re.compile(
    r"<\s*/?(?:IMPORTANT|SYSTEM\w*|CRITICAL|HIDDEN|SECRET|INSTRUCTIONS?|ADMIN|OVERRIDE)\s*>"
    r"|\bMANDAT(?:ED|ORY)\b|CRITICAL PREREQUISITE"
    r"|ignore (?:all |any )?(?:previous|prior|other) (?:instructions|rules)"
    r"|\bMUST\b|before (?:using|calling|any|use)\b|\bfirst\b",
    re.IGNORECASE,
)
_QUIET = re.compile(
    r"(?:do not|don't|never|without|must not)\s+"
    r"(?:tell|mention|inform|reveal|notify|show|disclos|alert|explain)\w*[^.\n]{0,60}\buser"
    r"|\buser\b[^.\n]{0,40}(?:must not|should not|not) (?:know|see|be (?:told|informed))",
    re.IGNORECASE,
)
_TAKES = re.compile(
    r"\b(?:read|open|cat|access|fetch|load|collect|append|copy|include|send|pass|upload)\w*\b[^.\n]{0,20}[^\n]{0,120}"
    r"(?:\.ssh\b|id_rsa|\.env\b|api[_-]?keys?\b|mcp\.json|\.aws\b|credentials?\b|private[ _]key|secret|wallet"
    r"|password|seed phrase|\.npmrc|\.netrc|/etc/passwd|conversation history|chat history)",
    re.IGNORECASE,
)
_TAGGED = re.compile(
    r"<\s*/?(?:IMPORTANT|SYSTEM\w*|CRITICAL|HIDDEN|SECRET|OVERRIDE)\s*>|CRITICAL PREREQUISITE", re.IGNORECASE
)


def commanded(text: str) -> tuple[str, bool, bool] | None:
    """Tell what a description commands: `(telling part, takes secrets, sure)`; None when it only describes."""
    quiet, takes = _QUIET.search(text), _TAKES.search(text)
    orders = _ORDERS.search(text) is not None
    if takes is not None and (quiet or orders):
        return takes[0], True, quiet is not None or _TAGGED.search(text) is not None
    if quiet is not None and orders:
        return quiet[0], False, False
    return None
