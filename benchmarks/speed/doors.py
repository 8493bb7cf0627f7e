"""How long the doors take: a table of answers, one file, a notebook.

python -m benchmarks.speed.doors [--json]

Drawn answers of 1,000 classes: 10 million rows of Parquet are logged where
pyarrow is installed, 50 epochs of 50,000 exported, and one shown in a notebook,
for the first time and again. `wall_s` grows with what else runs.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import keras_hier as kh
from benchmarks.measuring import options, show

# Parts of a table, and rows of each.
PARTS, ROWS = 50, 200_000
ANSWERS, EPOCHS = 50_000, 50
_SHOW = """
import sys, time
for name in ("first", "again"):
    cpu = time.process_time()
    import keras_hier
    keras_hier.show(sys.argv[1])
    print(name, time.process_time() - cpu)
"""


def answers(
    count: int, wrong: float, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Draws classes and answers: two thirds of the errors are near, [N]."""
    rng = np.random.default_rng(seed)
    tree = kh.Hierarchy.imagenet()
    true = rng.integers(0, tree.num_classes, count)
    near = tree.rank[true] + rng.integers(-9, 10, count)
    any_class = rng.integers(0, tree.num_classes, count)
    named = np.where(
        rng.random(count) < 2 / 3, tree.order[near % 1000], any_class
    )
    return true, np.where(rng.random(count) < wrong, named, true)


def run(*arguments: str) -> tuple[dict[str, float], str]:
    """Runs Python; returns what it took, and what it printed."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen([sys.executable, *arguments], stdout=printed)
        _, status, used = os.wait4(process.pid, 0)
        if process.returncode or status:
            raise SystemExit(f"{arguments} failed.")
        printed.seek(0)
        text = printed.read()
    taken = {
        "wall_s": round(time.perf_counter() - start, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "memory_MB": used.ru_maxrss // 1000,
    }
    return taken, text


def measure(folder: Path) -> dict[str, Any]:
    """Returns what each door takes."""
    found: dict[str, Any] = {}
    tree = kh.Hierarchy.imagenet()
    (folder / "tree.json").write_text(tree.to_json())
    command = ("-m", "keras_hier")
    ids = np.array(tree.classes)
    table = folder / "answers.parquet"
    if write_parquet(table, ids):
        given = ("--hierarchy", str(folder / "tree.json"))
        log = ("log", str(table), *given, "--logdir", str(folder / "table"))
        found["log of 10 million rows"], _ = run(*command, *log)
    with kh.BlocksWriter(folder / "run", tree) as log_file:
        for epoch in range(1, EPOCHS + 1):
            drawn = answers(ANSWERS, 0.8 - 0.5 * epoch / EPOCHS)
            log_file.predictions(*drawn, epoch)
    out = folder / "run.html"
    export = ("export", str(folder / "run"), "--out", str(out))
    found["export of 50 epochs"], _ = run(*command, *export)
    found["export of 50 epochs"]["file_MB"] = out.stat().st_size / 1e6
    one = folder / "one"
    kh.log_predictions(one, *answers(ANSWERS, 0.3), hierarchy=tree)
    found["show of one epoch"], said = run("-c", _SHOW, str(one))
    for line in said.splitlines():
        name, seconds = line.split()
        found["show of one epoch"][f"{name}_cpu_s"] = round(float(seconds), 2)
    return found


def write_parquet(path: Path, ids: np.ndarray) -> bool:
    """Writes a table; returns whether pyarrow is there."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        return False
    kind = [("label", pyarrow.string()), ("prediction", pyarrow.string())]
    schema = pyarrow.schema(kind)
    # What this process holds would count as memory of those that it starts.
    with parquet.ParquetWriter(path, schema) as file:
        for part in range(PARTS):
            columns = [ids[each] for each in answers(ROWS, 0.3, part)]
            file.write_table(pyarrow.table(columns, schema=schema))
    return True


def main() -> None:
    """Measures and prints."""
    args = options(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        show(measure(Path(folder)), args.json)


if __name__ == "__main__":
    main()
