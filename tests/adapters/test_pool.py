import os
import time
from collections.abc import Callable

import pytest

from lazaretto.adapters.pool import Cause, Death, OutOfTime, Pool, time_limit


def make_echo(config: str) -> Callable[[bytes], bytes]:
    def work(request: bytes) -> bytes:
        if request == b"die":
            os._exit(9)
        if request == b"hang":
            time.sleep(60)
        if request == b"eat":
            return b"x" * (1 << 33)
        return config.encode() + request

    return work


def test_every_task_is_answered() -> None:
    with Pool(make_echo, "<", jobs=2) as pool:
        answers = dict(pool.run((n, str(n).encode()) for n in range(100)))
    assert answers == {n: f"<{n}".encode() for n in range(100)}


def test_a_dead_worker_costs_only_its_task() -> None:
    with Pool(make_echo, "", jobs=2) as pool:
        tasks = [b"a", b"die", b"b", b"die", b"c"]
        answers = list(pool.run((task, task) for task in tasks))
    assert sorted(key for key, answer in answers if not isinstance(answer, Death)) == [b"a", b"b", b"c"]
    assert [answer for _, answer in answers if isinstance(answer, Death)] == [Death(Cause.CRASH)] * 2


def test_a_task_that_hangs_is_killed() -> None:
    with Pool(make_echo, "", jobs=1, seconds=0.3) as pool:
        answers = dict(pool.run((task, task) for task in (b"hang", b"ok")))
    assert answers == {b"hang": Death(Cause.TIME), b"ok": b"ok"}


def test_memory_is_bounded() -> None:
    with Pool(make_echo, "", jobs=1, memory=256 << 20) as pool:
        answers = dict(pool.run((task, task) for task in (b"eat", b"ok")))
    assert answers == {b"eat": Death(Cause.CRASH), b"ok": b"ok"}


def test_a_pool_can_be_used_again() -> None:
    with Pool(make_echo, "", jobs=1) as pool:
        assert dict(pool.run([(1, b"1")])) == {1: b"1"}
        assert dict(pool.run([(2, b"2")])) == {2: b"2"}


def test_leaving_early_ends_the_workers() -> None:
    with Pool(make_echo, "", jobs=2) as pool:
        next(iter(pool.run((n, b"x") for n in range(10))))
        processes = [worker.process for worker in pool._workers]
    assert not any(process.is_alive() for process in processes)


def _spin() -> None:
    while True:
        pass


def test_time_limit_stops_python_code() -> None:
    with pytest.raises(OutOfTime), time_limit(0.05):
        _spin()


def test_waiting_for_a_busy_machine_uses_up_no_time() -> None:
    with time_limit(0.05):
        time.sleep(0.2)
