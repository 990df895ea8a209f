import pytest

from lazaretto.lockfiles.terraform import FORMAT
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

LOCK = """\
# This file is maintained automatically
provider "registry.example.test/hashicorp/aws" {
  version     = "5.1.0"
  constraints = "~> 5.0"
  hashes = [
    "h1:abc=",
    "zh:def",
  ]
}

provider "registry.example.test/odd/none" {
  constraints = "1.0"
}
"""


def test_reads(read):
    answer = read(FORMAT, "infra/.terraform.lock.hcl", LOCK)
    (row,) = answer.packages
    assert (row.ecosystem, row.name, row.version) == ("terraform", "registry.example.test/hashicorp/aws", "5.1.0")
    assert (row.line, row.integrity) == (2, "h1:abc=")
    assert row.purl == "pkg:terraform/registry.example.test/hashicorp/aws@5.1.0"
    assert answer.reasons == [
        "line 11: registry.example.test/odd/none could not be read as a package: it has no version"
    ]


def test_cut_off(read):
    answer = read(FORMAT, ".terraform.lock.hcl", LOCK[:100])
    assert answer.pairs == [("registry.example.test/hashicorp/aws", "5.1.0")] or answer.gaps


def test_not_hcl():
    with pytest.raises(ParseError):
        list(FORMAT.read(Blob(".terraform.lock.hcl", b"hello\n"), lambda _: None))
