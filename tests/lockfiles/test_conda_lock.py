from lazaretto.lockfiles.conda_lock import FORMAT

LOCK = """\
version: 1
package:
- name: numpy
  version: 1.26.4
  manager: conda
  platform: linux-64
  url: https://files.example.test/numpy-1.26.4-py311_0.conda
  hash: {md5: aa, sha256: bb}
- name: numpy
  version: 1.26.4
  manager: conda
  platform: osx-64
- name: Zope.Interface
  version: '6.0'
  manager: pip
  category: dev
- name: broken
"""
EXPLICIT = """\
# platform: linux-64
@EXPLICIT
https://files.example.test/linux-64/python-dateutil-2.9.0-py311_1.conda#0123456789abcdef0123456789abcdef
nonsense
"""


def test_unified(read):
    answer = read(FORMAT, "conda-lock.yml", LOCK)
    assert [(row.ecosystem, row.name, row.version, row.dev) for row in answer.packages] == [
        ("conda", "numpy", "1.26.4", False),
        ("pypi", "zope-interface", "6.0", True),
    ]
    assert (answer.packages[0].line, answer.packages[0].integrity) == (3, "sha256:bb")
    assert len(answer.gaps) == 1


def test_explicit(read):
    answer = read(FORMAT, "conda-linux-64.lock", EXPLICIT)
    assert answer.pairs == [("python-dateutil", "2.9.0")]
    assert answer.packages[0].integrity == "md5:0123456789abcdef0123456789abcdef"
    assert len(answer.gaps) == 1
