import json

import pytest

from lazaretto.lockfiles.cyclonedx import FORMAT, accepts
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

BOM = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "metadata": {"component": {"type": "application", "name": "demo", "purl": "pkg:npm/demo@1"}},
    "components": [
        {"type": "library", "group": "@gar", "name": "promisify", "version": "1.1.3", "purl": "pkg:npm/%40gar/promisify@1.1.3"},
        {
            "type": "application",
            "name": "Nginx",
            "version": "1.21.1",
            "cpe": "cpe:2.3:a:nginx:nginx:1.21.1",
            "components": [
                {"name": "net", "version": "v0.5.6", "purl": "pkg:golang/golang.org/x/net@v0.5.6"},
                {"name": "Zope.Interface", "version": "6", "purl": "pkg:pypi/Zope.Interface", "hashes": [{"alg": "SHA-256", "content": "aa"}]},
            ],
            "pedigree": {"ancestors": [{"name": "not this", "purl": "pkg:npm/not-this@1"}]},
        },
        {"type": "file", "name": "a.txt"},
        {"type": "library", "name": "nameless", "version": "1"},
    ],
}  # fmt: skip
XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.example.test/schema/bom/1.4" version="1">
  <metadata><component type="application"><name>demo</name><purl>pkg:npm/demo@1</purl></component></metadata>
  <components>
    <component type="library">
      <name><![CDATA[open]]>ssl</name>
      <version>1.1.1</version>
      <purl>pkg:generic/openssl@1.1.1</purl>
      <pedigree><ancestors><component><name>x</name><purl>pkg:npm/x@1</purl></component></ancestors></pedigree>
      <components><component type="library"><name>rustls</name><purl>pkg:cargo/rustls@0.23.13</purl></component></components>
    </component>
  </components>
</bom>
"""


def test_json(read):
    answer = read(FORMAT, "bom.json", json.dumps(BOM, indent=1))
    assert [(row.ecosystem, row.name, row.version) for row in answer.packages] == [
        ("npm", "@gar/promisify", "1.1.3"),
        ("generic", "Nginx", "1.21.1"),
        ("golang", "golang.org/x/net", "0.5.6"),
        ("pypi", "zope-interface", "6"),
    ]
    assert answer.one("zope-interface").integrity == "sha256:aa"
    assert answer.reasons == ["1 components carry neither a package URL nor a CPE and cannot be looked up"]


def test_xml(read):
    answer = read(FORMAT, "a.cdx.xml", XML)
    assert sorted((row.ecosystem, row.name, row.version, row.line) for row in answer.packages) == [
        ("cargo", "rustls", "0.23.13", 10),
        ("generic", "openssl", "1.1.1", 5),
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("bom.json", "{}"),
        ("bom.json", "[]"),
        ("sbom.json", "{}"),
        ("bom.xml", "<other/>"),
        ("bom.xml", '<!DOCTYPE bom [<!ENTITY a "aaaa">]><bom>&a;</bom>'),
        ("bom.xml", '<!DOCTYPE bom SYSTEM "https://h.test/x.dtd"><bom/>'),
        ("bom.xml", "<a>" * 1000),
        ("bom.xml", '<?xml version="1.0" encoding="nonsense"?><bom/>'),
        ("bom.xml", ""),
    ],
)
def test_refused(path, text):
    with pytest.raises(ParseError):
        list(FORMAT.read(Blob(path, text.encode()), lambda _: None))


def test_deep_nesting(read):
    inner = '{"name": "a", "purl": "pkg:npm/a@1", "components": [' * 40 + "]}" * 40
    assert len(read(FORMAT, "bom.json", f'{{"components": [{inner}]}}').packages) == 40


def test_spdx_under_a_neutral_name(read):
    assert read(FORMAT, "sbom.json", '{"spdxVersion": "SPDX-2.3"}').pairs == []


def test_accepts():
    assert accepts("x/app.cdx.json")
    assert accepts("BOM.xml")
    assert accepts("my-sbom.json")
    assert not accepts("component.json")
