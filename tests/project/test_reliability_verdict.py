"""What `python -m benchmarks.reliability` calls a broken promise."""

import pytest

from benchmarks.reliability.__main__ import broken_promises

BOMB = {"bytes": 9, "seconds": 0.6, "MiB": 240, "outcome": "ValueError: no"}

HEAVY = {"seconds": 1.2, "MiB": 54, "statuses": [200]}


def found():
    """What all parts return where every promise is held."""
    return {
        "kills": {"lost": 0},
        "full_disk": {"lost": 0, "damaged": 0},
        "clock": {"first": True, "second": True},
        "blobs": {"failures": 0},
        "bombs": {"tree, deep": dict(BOMB), "index, deep": dict(BOMB)},
        "heavy": {"layers": dict(HEAVY), "channels": dict(HEAVY)},
        "routes": {"failures": 0, "grown": 12 * 2**20},
    }


def test_none_is_broken():
    assert broken_promises(found()) == []
    # Where no small disk can be mounted, nothing is known of one.
    assert broken_promises(found() | {"full_disk": {"skipped": "no"}}) == []


@pytest.mark.parametrize(
    ("part", "broken"),
    [
        ("kills", {"lost": 1}),
        ("full_disk", {"lost": 0, "damaged": 1}),
        ("clock", {"first": True, "second": False}),
        ("blobs", {"failures": 1}),
        ("bombs", {"tree, deep": BOMB | {"MiB": 2_000}}),
        ("bombs", {"tree, deep": BOMB | {"seconds": 60.0}}),
        ("bombs", {"tree, deep": BOMB | {"outcome": "MemoryError"}}),
        ("heavy", {"layers": HEAVY | {"seconds": 60.0}}),
        ("heavy", {"layers": HEAVY | {"MiB": 2_000}}),
        ("heavy", {"layers": HEAVY | {"statuses": [200, 500]}}),
        ("routes", {"failures": 1, "grown": 0}),
        ("routes", {"failures": 0, "grown": 2**30}),
    ],
)
def test_each_is_named(part, broken):
    assert broken_promises(found() | {part: broken}) == [part]
