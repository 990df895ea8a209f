from lazaretto.lockfiles.conda import FORMAT, accepts

ENVIRONMENT = """\
name: demo
channels: [conda-forge]
dependencies:
  - python=3.11
  - numpy=1.26.4=py311h64a7726_0
  - conda-forge::SciPy >=1.10,<2
  - exact==2.0
  - wild=1.*
  - pip
  - pip:
      - Requests==2.32.3
      - -r more.txt
      - ranged>=1
"""


def test_reads(read):
    answer = read(FORMAT, "environment.yml", ENVIRONMENT, {"more.txt": "inner==1\n"})
    assert [(row.ecosystem, row.name, row.version) for row in answer.packages] == [
        ("conda", "python", "3.11"),
        ("conda", "numpy", "1.26.4"),
        ("conda", "scipy", ""),
        ("conda", "exact", "2.0"),
        ("conda", "wild", ""),
        ("conda", "pip", ""),
        ("pypi", "requests", "2.32.3"),
        ("pypi", "inner", "1"),
        ("pypi", "ranged", ""),
    ]
    assert answer.one("scipy").requirement == ">=1.10,<2"
    assert answer.one("numpy").line == 5
    assert answer.gaps == []


def test_another_kind_of_file(read):
    assert read(FORMAT, "environment.yaml", "production:\n  url: x\n").pairs == []


def test_accepts():
    assert accepts("env/environment-dev.yaml")
    assert not accepts("conda-lock.yml")
    assert not accepts("environment.ts")
