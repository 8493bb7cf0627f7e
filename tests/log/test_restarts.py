from hypothesis import given
from hypothesis import strategies as st

from keras_hier.log.event_files.event_reader import Record
from keras_hier.log.event_files.restarts import END, latest_attempt


def attempt(*steps, start=0.0):
    return [Record(s, start + i, b"") for i, s in enumerate(steps)]


class TestLatestAttempt:
    def test_a_resumed_run_overtakes(self):
        first = attempt(1, 2, 3, 4, start=0)
        second = attempt(3, start=10)
        kept = latest_attempt(first + second)
        assert [(e.step, e.wall_time) for e in kept] == [
            (1, 0),
            (2, 1),
            (3, 10),
        ]

    def test_the_order_of_arrival_does_not_matter(self):
        records = attempt(1, 2, 3) + attempt(2, 3, start=10)
        assert latest_attempt(records[::-1]) == latest_attempt(records)

    def test_an_end_leaves_no_record_of_its_own(self):
        ended = [*attempt(1, 2, 3), Record(2, 10.0, END)]
        assert latest_attempt(ended) == attempt(1)
        assert latest_attempt([*ended, Record(3, 11.0, b"")]) == [
            Record(1, 0.0, b""),
            Record(3, 11.0, b""),
        ]
        assert latest_attempt(ended[:1] + ended[3:]) == attempt(1)
        assert latest_attempt([Record(1, 10.0, END)]) == []

    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20))))
    def test_is_one_record_a_step_and_idempotent(self, pairs):
        records = [Record(step, float(time), b"") for step, time in pairs]
        kept = latest_attempt(records)
        steps = [e.step for e in kept]
        assert steps == sorted(set(steps))
        # What comes later in the series was also written later.
        times = [e.wall_time for e in kept]
        assert times == sorted(times)
        assert latest_attempt(kept) == kept
        if records:
            newest = max(records, key=lambda e: (e.wall_time, e.step))
            assert kept[-1] == newest

    def test_what_the_other_loader_keeps_comes_out_the_same(self):
        # The Rust loader drops steps >= the new one as they come.
        records = attempt(1, 2, 3, 2, 3, 4, 4)
        dropped: list[Record] = []
        for record in records:
            dropped = [e for e in dropped if e.step < record.step] + [record]
        assert latest_attempt(records) == dropped == latest_attempt(dropped)
