from lazaretto.lockfiles.gemfile import FORMAT

LOCK = """\
GIT
  remote: https://git.example.test/tool.git
  revision: abc123
  specs:
    tool (0.1.0)
      rack

GEM
  remote: https://registry.example.test/
  specs:
    nokogiri (1.13.3-x86_64-linux)
      racc (~> 1.4)
    rack (2.2.3)
    broken

PLATFORMS
    not-a-gem (1.0)

DEPENDENCIES
  rack
"""


def test_reads(read):
    answer = read(FORMAT, "Gemfile.lock", LOCK)
    assert answer.pairs == [("tool", "0.1.0"), ("nokogiri", "1.13.3"), ("rack", "2.2.3")]
    assert answer.packages[0].url == "git+https://git.example.test/tool.git@abc123"
    assert answer.packages[2].line == 13
    assert len(answer.gaps) == 1
