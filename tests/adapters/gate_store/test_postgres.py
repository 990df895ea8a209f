"""What only a database server can do: go away and come back."""

import threading
import time

import pytest
from sqlalchemy import create_engine, text

from lazaretto.adapters.gate_store import GateStore, GateStoreError, Trouble
from lazaretto.adapters.store.place import place
from lazaretto.adapters.store.writer import writing

from .conftest import NOW, approval, decided, empty
from .postgres import Postgres

pytestmark = pytest.mark.postgres


def test_gone_and_back(monkeypatch):
    server = Postgres()
    server.start()
    try:
        store = GateStore(server.url)
        store.log([decided(1)], NOW)
        store.add_approval(approval(), "admin", NOW)
        server.stop()
        for use in (store.epoch, lambda: store.log([decided(2)], NOW), lambda: store.lease("k", "me", 5)):
            begin = time.monotonic()
            with pytest.raises(GateStoreError) as raised:
                use()
            assert (raised.value.trouble, raised.value.retry) == (Trouble.GONE, True)
            assert time.monotonic() - begin < 4
        health = store.health(NOW)
        assert (health.reachable, health.trouble) == (False, Trouble.GONE)
        with pytest.raises(GateStoreError) as raised:
            GateStore(server.url)
        assert raised.value.retry
        server.start()
        assert store.log([decided(2)], NOW) == 1
        assert [one.request for one in store.decisions().decisions] == ["r2", "r1"]
        assert store.approvals(NOW) == (approval(),)
        assert store.health(NOW).reachable
        server.stop()  # a restart that nobody noticed: the pool's connections are dead, no caller is told
        server.start()
        assert store.epoch() > 1
        assert store.log([decided(3)], NOW) == 1
        store.close()
    finally:
        server.stop()
        server.remove()


@pytest.mark.slow
def test_writers_while_the_server_restarts():
    """Batches that are sent again until they are acknowledged are there once, each."""
    server = Postgres()
    server.start()
    try:
        store = GateStore(server.url)
        end = time.monotonic() + 8
        acknowledged, wrong = [0] * 4, []

        def write(worker):
            while time.monotonic() < end:
                batch = [decided(n, request=f"{worker}-{acknowledged[worker]}") for n in range(20)]
                while True:
                    try:
                        store.log(batch, NOW)
                        break
                    except GateStoreError as error:
                        wrong.extend([] if error.retry else [error])
                        time.sleep(0.05)
                acknowledged[worker] += 1

        threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            time.sleep(1)
            server.stop()
            time.sleep(0.5)
            server.start()
        for thread in threads:
            thread.join()
        assert all(acknowledged)
        assert wrong == []
        assert sum(one.number for one in store.counts(None, NOW)) == sum(acknowledged) * 20
        lines = []
        assert store.export(lines.append, lambda one: one.request) == sum(acknowledged) * 20
        store.close()
    finally:
        server.stop()
        server.remove()


def test_beside_the_intelligence_store(server):
    url = empty(server)
    with writing(place(url), NOW):
        pass
    store = GateStore(url)
    store.log([decided(1)], NOW)
    with writing(place(url), NOW):
        pass
    assert store.health(NOW).decisions == 1
    store.close()


def test_wrong_is_not_gone(server):
    url = empty(server)
    for wrong in (url.replace("/postgres?", "/nothing?"), url.replace("//lazaretto@", "//nobody@")):
        with pytest.raises(GateStoreError) as raised:
            GateStore(wrong)
        assert (raised.value.trouble, raised.value.retry) == (Trouble.WRONG, False)


def test_newer_schema(server):
    url = empty(server)
    GateStore(url).close()
    engine = create_engine(place(url).url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE gate_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(GateStoreError) as raised:
        GateStore(url)
    assert raised.value.trouble is Trouble.NEWER


def test_read_only(server):
    url = empty(server)
    GateStore(url).close()
    store = GateStore(url + "&options=-c%20default_transaction_read_only%3Don")
    with pytest.raises(GateStoreError) as raised:
        store.log([decided(1)], NOW)
    assert raised.value.trouble is Trouble.READ_ONLY
    store.close()
