"""Folders that a command cannot write: a file, a name that is no text."""

from pathlib import Path

import numpy as np
import pytest

COUNTS = "log --matrix counts.npy --logdir"
MODEL = "probe m.keras --data . --hierarchy tree.csv"
COMMANDS = (
    COUNTS,
    f"{MODEL} --logdir",
    f"{MODEL} --keep",
    "records .",
    "demo --logdir",
    "tree run --from-confusions --relog",
)


@pytest.mark.filterwarnings("ignore:There (is|are)")
@pytest.mark.parametrize("command", COMMANDS)
def test_are_refused_before_anything_is_computed(run, tmp_path, command):
    Path("notes").write_text("here")
    Path("tree.csv").write_text("class,label,group1\na,0,g\nb,1,g\n")
    np.save("counts.npy", [[9, 1], [1, 9]])
    run(f"{COUNTS} run")
    before = set(tmp_path.rglob("*"))
    for name in ("notes", "notes/run"):
        assert run.refused(command, name).partition(": ")[2] == (
            f"Expected a folder, or the name of a new one, got {name!r}: "
            "'notes' is a file.\n"
        )
    said = r"Expected a folder whose name is UTF-8, got 'r\udcfcn'"
    assert said in run.refused(command, "r\udcfcn")
    assert set(tmp_path.rglob("*")) == before
