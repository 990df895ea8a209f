import pytest

from lazaretto.adapters.feed_table import sources
from lazaretto.adapters.store.place import StoreError


def test_our_table_is_sound():
    table = sources()
    assert set(table) == {"osv", "leitwacht", "package-campaigns"}
    assert all(one.address.startswith("https://") and one.title and one.licence for one in table.values())


def test_a_table_of_the_users_own(tmp_path):
    own = tmp_path / "feeds.toml"
    own.write_text(
        '[osv]\naddress = "https://mirror.feeds.example.test"\n[leitwacht]\nenabled = false\n'
        '[ours]\nformat = "stix"\nlayout = "taxii"\naddress = "https://taxii.feeds.example.test/c/1/"\n'
    )
    table = sources(own)
    assert table["osv"].address == "https://mirror.feeds.example.test"
    assert table["osv"].layout == "osv-bucket"
    assert not table["leitwacht"].enabled
    assert table["ours"].layout == "taxii"


@pytest.mark.parametrize(
    "text",
    [
        "not toml [", "osv = 5", "[x]\nformat = 'osv'", "[osv]\nsecret = 1", "[osv]\naddress = 'file:///etc/passwd'",
        "[osv]\nworlds = ['../x']", "[osv]\nformat = 'nope'", "[osv]\nreplaces = 'yes'",
    ],
)  # fmt: skip
def test_a_wrong_table_is_a_usage_error(tmp_path, text):
    own = tmp_path / "feeds.toml"
    own.write_text(text)
    with pytest.raises(StoreError) as raised:
        sources(own)
    assert raised.value.exit_kind == "usage"


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(StoreError):
        sources(tmp_path / "none.toml")
