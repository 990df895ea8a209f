""".terraform.lock.hcl (Terraform, OpenTofu): the providers that `init` downloads and runs.

    provider "HOST/NAMESPACE/TYPE" {
      version     = "5.1.0"
      constraints = "~> 5.0"
      hashes = [ "h1:...", "zh:..." ]
    }

The name is the provider's source address as written, host included.
"""

import re
from collections.abc import Callable, Iterator

from lazaretto.lockfiles.entries import bad_entry, file_name, tidy
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.model.text import N_
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

_PROVIDER = re.compile(r'provider[ \t]{1,8}"([^"]{1,400})"[ \t]{0,8}\{')
_ATTRIBUTE = re.compile(r'(version|constraints)[ \t]{0,40}=[ \t]{0,8}"([^"]{0,300})"')
_HASH = re.compile(r'"((?:h1|zh):[^"]{1,200})"')


def accepts(path: str) -> bool:
    """`.terraform.lock.hcl`, in any folder."""
    return file_name(path) == ".terraform.lock.hcl"


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield every locked provider.

    Raises:
        ParseError: text that is neither a comment nor a block.
    """
    yield from _rows(blob)


def _rows(blob: Blob) -> Iterator[Package | Gap]:
    address, start, found, digest = "", 0, dict[str, str](), ""
    for number, raw in enumerate(blob.text.splitlines(), 1):
        text = raw.strip()
        if not text or text.startswith(("#", "//")):
            continue
        if head := _PROVIDER.match(text):
            address, start, found, digest = head[1], number, {}, ""
            text = text[head.end() :].strip()
        elif not address:
            raise ParseError("not a Terraform lockfile: a provider block is expected", number)
        for key, value in _ATTRIBUTE.findall(text):
            found.setdefault(key, value)
        digest = digest or next(iter(_HASH.findall(text)), "")
        if text.endswith("}"):
            yield _provider(blob.path, start, address, found, digest)
            address = ""
    if address:
        yield _provider(blob.path, start, address, found, digest)
        yield bad_entry(blob.path, start, address, N_("its block does not end"))


def _provider(path: str, line: int, address: str, found: dict[str, str], digest: str) -> Package | Gap:
    if "version" not in found:
        return bad_entry(path, line, address, N_("it has no version"))
    return Package("terraform", address, found["version"], path, line, integrity=digest)


FORMAT = Format("terraform-lock", ".terraform.lock.hcl (Terraform, OpenTofu)", accepts, read)
