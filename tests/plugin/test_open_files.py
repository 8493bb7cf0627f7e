"""The limit of open files, and what fits below it."""

import os
import resource
import subprocess
import sys
import time

import pytest

from keras_hier import open_files

DAY = 86_400


@pytest.fixture
def logdir(tmp_path):
    """Twelve event files in three folders, and others beside them."""
    for run in "abc":
        (tmp_path / run).mkdir()
        for number in range(4):
            (tmp_path / run / f"events.out.tfevents.{number}").touch()
        for number in range(20):
            (tmp_path / run / f"picture{number}.png").touch()
    return tmp_path


def room(folder, limit, active=DAY):
    return open_files.has_room_for([str(folder)], limit, active)


def test_a_quarter_of_the_limit_is_left_to_others(logdir):
    assert room(logdir, 16)
    assert not room(logdir, 14)
    # Several folders share the room.
    folders = [str(logdir / run) for run in "ab"]
    assert open_files.has_room_for(folders, 10, DAY)
    assert not open_files.has_room_for(folders, 9, DAY)


def test_files_that_rest_are_not_held_open(logdir):
    before = time.time() - 2 * DAY
    for file in (logdir / "a").iterdir():
        os.utime(file, (before, before))
    assert room(logdir, 11)
    assert not room(logdir, 11, active=3 * DAY)
    assert not room(logdir, 11, active=-1)  # for ever


def test_only_a_low_limit_makes_it_look(logdir, monkeypatch):
    def look(*_, **__):
        pytest.fail("it looked")

    monkeypatch.setattr(open_files.os, "walk", look)
    assert room(logdir, None)
    assert room(logdir, 65_536)
    assert room("gs://bucket/runs", 10)


def test_what_takes_too_long_counts_as_too_large(logdir, monkeypatch):
    monkeypatch.setattr(open_files, "_SECONDS", -1)
    assert not room(logdir, 1000)


def test_a_link_that_leads_nowhere_and_a_folder_that_is_not_there(logdir):
    (logdir / "a/events.out.tfevents.4").symlink_to("nowhere")
    assert room(logdir, 16)
    assert room(logdir / "none", 4)


@pytest.mark.parametrize(
    ("soft", "hard", "after"),
    [(100, 200, 200), (200, 200, 200), (100, None, None)],
)
def test_the_limit_is_raised_as_far_as_it_goes(soft, hard, after):
    hard = hard or resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    after = after or min(hard, 65_536)
    code = (
        "import resource; from keras_hier import open_files\n"
        "print(open_files.raise_limit(),"
        " *resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_NOFILE, (soft, hard)
        ),
    )
    assert done.stdout.split() == [str(after), str(after), str(hard)], (
        done.stderr
    )
