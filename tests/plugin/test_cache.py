"""The cache: what it keeps, and who waits for whom."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tb_plugin.reading.cache import Cache

# Nothing here takes long: who has not answered by then waits for ever.
SECONDS = 120


class TestKeeping:
    def test_forgets_the_one_used_longest_ago(self):
        cache = Cache(10)
        for key in "abc":
            cache.put(key, key.upper(), 3)
        assert cache.get("a") == "A"
        cache.put("d", "D", 3)
        assert [cache.get(k) for k in "abcd"] == ["A", None, "C", "D"]

    def test_counts_what_it_replaces_once(self):
        cache = Cache(10)
        for _ in range(5):
            cache.put("a", 1, 4)
        cache.put("b", 2, 4)
        assert (cache.get("a"), cache.get("b")) == (1, 2)

    def test_the_newest_stays_however_large(self):
        cache = Cache(10)
        cache.put("a", 1, 4)
        cache.put("b", 2, 400)
        assert (cache.get("a"), cache.get("b")) == (None, 2)


class Work:
    """A computation that lasts until it is told to end."""

    def __init__(self, value):
        self.value = value
        self.times = 0
        self.began = threading.Event()
        self.may_end = threading.Event()

    def __call__(self):
        self.times += 1
        self.began.set()
        assert self.may_end.wait(SECONDS)
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


def one(value):
    return 1


@pytest.fixture
def ask():
    """Asks in a thread of its own, returns the future."""
    with ThreadPoolExecutor(16) as pool:

        def ask(cache: Cache, key: str, work: Work, *more) -> Future:
            return pool.submit(cache.get_or_compute, key, work, one, *more)

        yield ask


class TestOnce:
    def test_what_is_kept_waits_for_nothing(self, ask):
        cache, work = Cache(10, max_concurrent=1), Work("B")
        cache.put("a", "A", 1)
        slow = ask(cache, "b", work)
        assert work.began.wait(SECONDS)
        kept = ask(cache, "a", Work("unused"))
        try:
            assert kept.result(SECONDS) == "A"
            assert not slow.done()
        finally:
            work.may_end.set()
        assert slow.result(SECONDS) == "B"
        assert cache.get("b") == "B"

    def test_many_who_ask_for_one_key_compute_it_once(self, ask):
        cache, work = Cache(10, max_concurrent=8), Work("A")
        asked = [ask(cache, "a", work) for _ in range(8)]
        assert work.began.wait(SECONDS)
        work.may_end.set()
        assert [each.result(SECONDS) for each in asked] == ["A"] * 8
        assert work.times == 1

    def test_as_many_keys_at_once_as_are_allowed(self, ask):
        cache = Cache(10, max_concurrent=2)
        works = [Work(i) for i in range(3)]
        first = [ask(cache, i, works[i]) for i in (0, 1)]
        try:
            # Neither waits for the other ...
            assert all(works[i].began.wait(SECONDS) for i in (0, 1))
            third = ask(cache, 2, works[2])
            # ... and the third one's turn comes when one of them has ended.
            assert not works[2].began.is_set()
            works[1].may_end.set()
            assert works[2].began.wait(SECONDS)
        finally:
            for work in works:
                work.may_end.set()
        assert [f.result(SECONDS) for f in (*first, third)] == [0, 1, 2]

    def test_all_get_the_exception_and_the_next_tries_again(self, ask):
        cache, work = Cache(10, max_concurrent=1), Work(ValueError("damaged"))
        asked = [ask(cache, "a", work) for _ in range(4)]
        assert work.began.wait(SECONDS)
        work.may_end.set()
        for each in asked:
            with pytest.raises(ValueError, match="damaged"):
                each.result(SECONDS)
        assert cache.get_or_compute("a", lambda: "A", one) == "A"
        # The turn has been given back.
        assert cache.get_or_compute("b", lambda: "B", one) == "B"

    def test_what_is_stale_is_computed_again(self):
        cache = Cache(10)
        cache.put("a", 1, 1)
        assert cache.get_or_compute("a", lambda: 2, one, lambda v: v >= 2) == 2
        assert cache.get_or_compute("a", lambda: 3, one, lambda v: v >= 2) == 2

    def test_who_wants_a_newer_one_does_not_take_the_older(self, ask):
        cache, work = Cache(10), Work(1)
        older = ask(cache, "a", work)
        assert work.began.wait(SECONDS)
        newer_work = Work(2)
        newer_work.may_end.set()
        newer = ask(cache, "a", newer_work, lambda value: value >= 2)
        work.may_end.set()
        assert older.result(SECONDS) == 1
        assert newer.result(SECONDS) == 2
        assert cache.get("a") == 2
