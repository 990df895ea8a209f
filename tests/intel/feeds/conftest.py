import json

import pytest

from lazaretto.intel.feeds.feed import Document


@pytest.fixture
def document():
    def make(value, name="record.json"):
        data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        return Document(name, data)

    return make
