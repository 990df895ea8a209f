"""`brief` and `intel export`: what is known about a campaign, told for people and for other tools.

campaign(name)      facts, from whoever knows campaigns
exposure(path)      the answer of the last hunt
lint_file(path)     defects of a written brief
"""

import json
from difflib import get_close_matches
from pathlib import Path

from lazaretto.intel.extract.document import BYTES, Document, DocumentError, read_document
from lazaretto.intel.facts import Embedded, FactSource
from lazaretto.intel.lint.catalog import lint
from lazaretto.intel.lint.paper import from_json
from lazaretto.model.campaign import CampaignFacts, ExposureSummary
from lazaretto.model.lint import Defect
from lazaretto.model.text import N_, Message
from lazaretto.reports.brief.document import exposure_from


class UnknownCampaignError(Exception):
    """No campaign of that name is recorded. `message` is for the user."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        """Say what there is."""
        close = get_close_matches(name.lower(), known, n=3, cutoff=0.4)
        self.message = Message.of(N_("no campaign {name} is recorded"), {"name": name})
        self.hint = Message.of(N_("recorded are: {names}"), {"names": ", ".join(close or known)})
        super().__init__(self.message.english())


def campaign(name: str, source: FactSource | None = None) -> CampaignFacts:
    """Return everything recorded about a campaign.

    Raises:
        UnknownCampaignError: none of that id, name or alias is recorded.
    """
    source = source or Embedded()
    found = source.facts(name)
    if found is None:
        raise UnknownCampaignError(name, source.names())
    return found


def exposure(path: str) -> ExposureSummary:
    """Read a hunt's answer from a JSON file.

    Raises:
        DocumentError: it cannot be read, or is none.
    """
    try:
        return exposure_from(json.loads(_read(path)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DocumentError(N_("{file} is not the answer of a hunt: {error}"), file=path, error=error) from error


def lint_file(path: str) -> tuple[Defect, ...]:
    """Check a written brief: Markdown, text, HTML, mail, PDF or JSON.

    Raises:
        DocumentError: it cannot be read.
    """
    data = _read(path)
    document: Document | None = None
    if path.lower().endswith(".json"):
        document = from_json(data.decode("utf-8-sig", "replace"))
    document = document or read_document(Path(path).name, data)
    if not document.text.strip():
        raise DocumentError(N_("{file} holds no text"), file=path)
    return lint(document)


def _read(path: str) -> bytes:
    try:
        with Path(path).open("rb") as stream:
            return stream.read(BYTES + 1)
    except OSError as error:
        raise DocumentError(N_("{file} cannot be read: {error}"), file=path, error=error.strerror or error) from error
