import json

import pytest

from lazaretto.lockfiles.spdx import FORMAT, accepts
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError


def _reference(kind, locator):
    return {"referenceCategory": "PACKAGE-MANAGER", "referenceType": kind, "referenceLocator": locator}


DOCUMENT = {
    "SPDXID": "SPDXRef-DOCUMENT",
    "spdxVersion": "SPDX-2.3",
    "packages": [
        {"SPDXID": "SPDXRef-a", "name": "@a/b", "versionInfo": "1", "externalRefs": [_reference("purl", "pkg:npm/%40a/b@1.0.0")]},
        {"SPDXID": "SPDXRef-n", "name": "Nginx", "externalRefs": [_reference("cpe23Type", "cpe:2.3:a:nginx:nginx:1")]},
        {"SPDXID": "SPDXRef-s", "name": "stub", "externalRefs": [_reference("SourceURI", "x")]},
        {"SPDXID": "SPDXRef-o", "name": "own", "versionInfo": "2", "externalRefs": [_reference("vcs", "x")]},
        {"SPDXID": "SPDXRef-none", "name": "unknown"},
    ],
    "relationships": [
        {"spdxElementId": "SPDXRef-s", "relationshipType": "DESCENDANT_OF", "relatedSpdxElement": "SPDXRef-a"}
    ],
}  # fmt: skip
GRAPH = {
    "@context": "https://spdx.example.test/context.jsonld",
    "@graph": [
        {"type": "software_Package", "spdxId": "urn:1", "name": "x", "software_packageUrl": "pkg:pypi/X_y@1"},
        {
            "type": "software_Package",
            "name": "z",
            "externalIdentifier": [{"externalIdentifierType": "packageUrl", "identifier": "pkg:gem/z@2"}],
        },
        {"type": "software_File", "name": "f"},
    ],
}
TAGS = """\
SPDXVersion: SPDX-2.3
PackageName: Nginx
SPDXID: SPDXRef-nginx
PackageDescription: <text>
PackageName: decoy
</text>
ExternalRef: SECURITY cpe23Type cpe:2.3:a:nginx:nginx:1.21.1
PackageName: openssl
PackageVersion: 1
ExternalRef: PACKAGE-MANAGER purl pkg:generic/openssl@1.1.1l
"""
RDF = """\
<rdf:RDF xmlns:spdx="http://spdx.example.test/terms#" xmlns:rdf="http://www.example.test/rdf#">
  <spdx:Package rdf:about="http://h.test/doc#SPDXRef-openssl">
    <spdx:externalRef><spdx:ExternalRef>
      <spdx:referenceType rdf:resource="http://spdx.example.test/references/purl"/>
      <spdx:referenceLocator>pkg:generic/openssl@1.1.1l</spdx:referenceLocator>
    </spdx:ExternalRef></spdx:externalRef>
    <spdx:name>openssl</spdx:name>
  </spdx:Package>
</rdf:RDF>
"""
YAML = """\
spdxVersion: "SPDX-2.3"
packages:
- SPDXID: "SPDXRef-x"
  name: x
  versionInfo: 1.10
  externalRefs:
  - referenceType: purl
    referenceLocator: "pkg:npm/x"
"""


def test_json(read):
    answer = read(FORMAT, "a.spdx.json", json.dumps(DOCUMENT, indent=1))
    assert [(row.ecosystem, row.name, row.version) for row in answer.packages] == [
        ("npm", "@a/b", "1.0.0"),
        ("generic", "Nginx", ""),
        ("generic", "own", "2"),
    ]
    assert answer.packages[0].line == 6
    assert len(answer.gaps) == 1


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.spdx.json", json.dumps(GRAPH), [("pypi", "x-y", "1"), ("gem", "z", "2")]),
        ("a.spdx", TAGS, [("generic", "Nginx", ""), ("generic", "openssl", "1.1.1l")]),
        ("a.spdx.rdf", RDF, [("generic", "openssl", "1.1.1l")]),
        ("a.spdx.yml", YAML, [("npm", "x", "1.10")]),
        ("sbom.json", '{"bomFormat": "CycloneDX"}', []),
    ],
)
def test_other_forms(read, path, text, expected):
    answer = read(FORMAT, path, text)
    assert [(row.ecosystem, row.name, row.version) for row in answer.packages] == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [("a.spdx", "Not one at all!"), ("a.spdx.json", "{}"), ("a.spdx.xml", "<a/>"), ("a.spdx.yml", "- 1")],
)
def test_refused(path, text):
    with pytest.raises(ParseError):
        list(FORMAT.read(Blob(path, text.encode()), lambda _: None))


def test_accepts():
    assert accepts("x/.spdx.python.json")
    assert accepts("x.spdx")
    assert not accepts("x.spdx.foo.ext")
    assert not accepts("package.json")
