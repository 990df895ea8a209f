"""All feed formats, the most particular first: the first one that accepts a document reads it.

A test asserts that every module of this folder with a `FORMAT` is listed.
"""

from dataclasses import replace

from lazaretto.intel.feeds.feed import Document, DocumentError, Format, text_of
from lazaretto.intel.feeds.indicators_csv import FORMAT as INDICATORS_CSV
from lazaretto.intel.feeds.leitwacht import FORMAT as LEITWACHT
from lazaretto.intel.feeds.misp import FORMAT as MISP
from lazaretto.intel.feeds.osv import FORMAT as OSV
from lazaretto.intel.feeds.package_campaigns import FORMAT as PACKAGE_CAMPAIGNS
from lazaretto.intel.feeds.stix import FORMAT as STIX

FORMATS: tuple[Format, ...] = (LEITWACHT, PACKAGE_CAMPAIGNS, OSV, MISP, STIX, INDICATORS_CSV)


def by_id(name: str) -> Format | None:
    """Return a format by its id."""
    return next((one for one in FORMATS if one.id == name), None)


def format_of(document: Document) -> Format:
    """Find out what a document is.

    Raises:
        DocumentError: none of the formats knows it.
    """
    if document.data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise DocumentError("a web page, not a feed document")
    if document.data.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16, as some shells redirect it
        document = replace(document, data=text_of(document.data).encode())
    for one in FORMATS:
        if one.accepts(document):
            return one
    raise DocumentError("none of the feed formats that are known here")
