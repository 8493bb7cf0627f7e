"""Several runs as one: listed, summed, with their spread and tests."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from reading import (
    MATRIX,
    OTHER,
    TREE,
    Reader,
    compared,
    log_matrix,
    write,
    write_blob,
)

import keras_hier as kh
from keras_hier.analysis import evidence
from keras_hier.log import kinds
from keras_hier.scores import confusion_matrix, node_counts
from tb_plugin.reading.seeds import (
    RunSet,
)

LABELS = np.repeat(np.arange(4), 50)


def matrix_of(seed: int, right: float = 0.5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    is_right = rng.random(len(LABELS)) < right
    named = np.where(is_right, LABELS, rng.integers(0, 4, len(LABELS)))
    return confusion_matrix(LABELS, named, 4)


def matrices(start: int = 0, right: float = 0.5, seeds=(1, 2, 3)) -> np.ndarray:
    """Those of epoch 2."""
    return np.array([matrix_of(200 + start + i, right) for i in seeds])


def log(folder: Path, seed: int, steps=(1, 2), right=0.5) -> None:
    with kh.BlocksWriter(folder, TREE) as run:
        for step in steps:
            run.matrix(matrix_of(100 * step + seed, right), step)


def key(*names: str, split: str = "validation") -> str:
    return RunSet(tuple(names), split).key


A = [f"a-seed{i}" for i in (1, 2, 3)]
B = [f"b-seed{i}" for i in (1, 2, 3)]
OF_A = {"run": key(*A), "output": "class"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """Three seeds each of two trainings, the second one much better."""
    folder = tmp_path_factory.mktemp("seeds")
    for i in (1, 2, 3):
        log(folder / f"a-seed{i}", i)
        log(folder / f"b-seed{i}", 10 + i, right=0.9)
    return folder


@pytest.fixture(scope="module")
def reader(whole: Path) -> Reader:
    return Reader(whole)


@pytest.fixture
def logged(whole: Path, tmp_path: Path) -> Path:
    """A copy, to which a test may add."""
    return Path(shutil.copytree(whole, tmp_path / "copy"))


class TestSums:
    def test_the_route_lists_them_after_the_runs(self, reader):
        runs = reader.get("runs")["runs"]
        assert [each["run"] for each in runs[:6]] == [
            f"{name}/validation" for name in A + B
        ]
        assert runs[6] == {
            "run": '["a-seed1","a-seed2","a-seed3"]/validation',
            "name": "a-seed* (3 runs)",
            "split": "validation",
            "outputs": ["class"],
            **{kind: [] for kind in ("samples", "layers", "means")},
            "members": A,
        }
        assert len(runs) == 8

    def test_others_are_listed_when_they_are_asked_for(self, logged):
        reader, asked = Reader(logged), key("a-seed3", "b-seed1")
        name = "a-seed3 + b-seed1"
        runs = reader.get("runs", set=asked)["runs"]
        assert [r["name"] for r in runs if r["run"] == asked] == [name]
        for folder in ("a-seed3", "b-seed1"):
            write(logged / folder, (1,), split="train")
        reader.reload()
        runs = reader.get("runs", set=asked)["runs"]
        splits = {each["split"] for each in runs if each["name"] == name}
        assert splits == {"train", "validation"}
        # The same set with its runs the other way round is no other one.
        turned = '["b-seed1","a-seed3"]/validation'
        for sets in ([turned], [turned, asked], [asked, turned]):
            found = reader.get("runs", set=sets)["runs"]
            by = {r["run"]: r.pop("asked") for r in found if "asked" in r}
            assert by == {asked: [turned]}
            assert found == runs
        for nonsense in ["", "x", key("a-seed1", "nope"), '["' + "[" * 99]:
            assert len(reader.get("runs", set=nonsense)["runs"]) == 10

    def test_matrix_is_the_sum_over_their_tree(self, reader):
        header, matrix = reader.matrix(**OF_A, step=2)
        assert (matrix == matrices().sum(axis=0)).all()
        assert (header.hierarchy, header.total) == (TREE.digest, 600)
        tree = reader.get("hierarchy", run=key(*A), digest=TREE.digest)
        assert tree["parents"] == TREE.parents.tolist()
        ids = reader.get("order", **OF_A, step=1)["ids"]
        assert set(ids) == set(TREE.node_ids)

    def test_epochs_say_of_how_many(self, reader):
        found = reader.get("epochs", **OF_A)
        assert [e["runs"] for e in found["epochs"]] == [3, 3]
        expected = sum(np.trace(matrix_of(100 + i)) for i in (1, 2, 3))
        assert found["epochs"][0]["correct"] == expected
        assert found["epochs"][0]["total"] == 600
        assert found["left_out"] == [
            {"run": f"{name}/validation", "steps": []} for name in A
        ]
        single = reader.get("epochs", run="a-seed1/validation", output="class")
        assert not {"left_out", "runs"} & {*single, *single["epochs"][0]}

    def test_only_epochs_that_all_have(self, logged):
        log(logged / "a-seed4", 4, steps=(2, 3))
        log(logged / "a-seed5", 4, steps=(9,))
        reader = Reader(logged)
        found = reader.get("epochs", run=key(*A, "a-seed4"), output="class")
        assert [e["step"] for e in found["epochs"]] == [2]
        left_out = [each["steps"] for each in found["left_out"]]
        assert left_out == [[1], [1], [1], [3]]
        both = key("a-seed1", "a-seed5")
        said = "a-seed1, a-seed5 have no epoch of 'class' in common"
        assert said in reader.error("epochs", run=both, output="class")[1]

    def test_another_tree_is_an_error_of_its_epoch(self, logged):
        log_matrix(logged / "a-seed4", MATRIX)
        write(logged / "a-seed4", (2,), tree=OTHER)
        reader = Reader(logged)
        both = {"run": key("a-seed1", "a-seed4"), "output": "class"}
        first, second = reader.get("epochs", **both)["epochs"]
        assert "error" not in first
        assert second["error"] == (
            "a-seed1/validation and a-seed4/validation logged epoch 2 with "
            "different trees."
        )
        points = reader.get("curves", **both)["epochs"]
        assert "accuracy" in points[0]
        why = second["error"]
        assert points[1]["error"] == why
        assert reader.error("matrix", **both, step=2) == (422, why)

    def test_a_damaged_member_is_named(self, logged):
        folder = logged / "a-seed2/validation"
        write_blob(folder, kinds.tag_of("matrix", "class"), b"no", 3)
        log(logged / "c-seed1", 1, steps=(1, 2, 3))
        both = key("c-seed1", "a-seed2")
        found = Reader(logged).get("epochs", run=both, output="class")
        assert found["epochs"][-1]["error"].startswith("a-seed2/validation: ")

    @pytest.mark.parametrize(
        "run", [key("a-seed1", "nope"), '["a-seed1",2]/validation']
    )
    @pytest.mark.parametrize("route", ["epochs", "curves"])
    def test_who_is_not_there(self, reader, route, run):
        assert reader.error(route, run=run, output="class")[0] == 404

    def test_a_new_record_of_a_member_shows(self, logged):
        reader = Reader(logged)
        before = reader.matrix(**OF_A, step=2)[1]
        write(logged / "a-seed2", (2,))
        reader.reload()
        change = reader.matrix(**OF_A, step=2)[1] - before
        assert (change == 2 * MATRIX - matrix_of(202)).all()

    def test_what_is_told_of_one_run_alone(self, reader):
        asked = {**OF_A, "step": 1, "level": 0, "layer": "a", "node": 1}
        routes = "quality surprise layers responses correlation channels"
        for route in routes.split():
            status, text = reader.error(route, **asked)
            assert status == 422
            assert "Choose one of them." in text
        assert reader.error("sample_epochs", **OF_A)[0] == 404


class TestSpread:
    def test_by_hand(self, tmp_path):
        for i, right in enumerate((2, 4, 6)):
            counts = [[right, 0, 10 - right, 0], *([0] * 4 for _ in range(3))]
            log_matrix(tmp_path / f"seed{i}", counts)
        seeds = key("seed0", "seed1", "seed2")
        nodes = f"3,{TREE.find('car')}"
        asked = {"run": seeds, "output": "class", "nodes": nodes}
        (point,) = Reader(tmp_path).get("curves", **asked)["epochs"]
        assert point["runs"] == 3
        # 20, 40 and 60 %.
        assert point["accuracy"][-1] == pytest.approx(0.4)
        assert point["spread"][-1] == pytest.approx(0.2)
        # A class without samples has no recall, and no spread of it.
        none, car = point["nodes"]
        assert none["recall"] is none["spread"]["recall"] is None
        assert car["recall"] == pytest.approx(0.4)
        assert car["spread"]["recall"] == pytest.approx(0.2)
        assert car["actual"] == 30

    def test_rates_are_sums_with_the_spread_of_shares(self, reader):
        together, *each = (
            reader.get("rates", run=run, output="class", rows="3", columns="4")
            for run in (key(*A), *(f"{name}/validation" for name in A))
        )
        for at, point in enumerate(together["epochs"]):
            ones = [found["epochs"][at]["named"] for found in each]
            named = point["named"]
            for field in ("errors", "samples"):
                assert named[field] == sum(one[field] for one in ones)
            shares = [one["errors"] / one["samples"] for one in ones]
            spread = np.std(shares, ddof=1)
            assert named["spread"] == pytest.approx(spread, rel=1e-5)
            assert point["runs"] == 3


def recalls(start: int, right: float, seeds=(1, 2, 3)) -> np.ndarray:
    found = matrices(start, right, seeds)
    return np.array([node_counts(each, TREE).recall for each in found])


def compare(reader: Reader, one: str, other: str, **changed):
    asked = {"step": 2, "other_step": 2} | changed
    return reader.get("significance", **compared(one, other, **asked))


class TestSignificance:
    def test_paired_by_seed(self, reader):
        found = compare(reader, key(*A), key(*B))
        assert found["test"] == "seeds"
        assert found["how"] == "paired by seed, t over 3 seeds"
        expected = evidence.paired_seeds(recalls(0, 0.5), recalls(10, 0.9))
        nodes = found["nodes"]
        assert nodes["p"] == pytest.approx(expected.t_p, rel=1e-5)
        assert np.array(nodes["low"], float) == pytest.approx(
            expected.low, rel=1e-5, abs=1e-9, nan_ok=True
        )
        # The root is always right: of no spread nothing follows.
        assert nodes["low"][0] is nodes["high"][0] is None
        classes = found["levels"][-1]
        assert classes["tested"] == 4
        whole = evidence.paired_seeds(
            *(
                np.trace(each, axis1=1, axis2=2) / 200
                for each in (matrices(), matrices(10, 0.9))
            )
        )
        assert classes["accuracy"]["p"] == pytest.approx(whole.t_p, rel=1e-5)
        assert classes["accuracy"]["q"] < 0.05

    def test_other_seeds_are_compared_as_unrelated(self, logged):
        seeds = (7, 8, 9, 10)
        for i in seeds:
            log(logged / f"c-seed{i}", 20 + i)
        others = key(*(f"c-seed{i}" for i in seeds))
        found = compare(Reader(logged), key(*A), others)
        assert found["how"] == "t over 3 and 4 seeds (Welch)"
        other = recalls(20, 0.5, seeds)
        expected = evidence.unpaired_seeds(recalls(0, 0.5), other)
        assert found["nodes"]["p"] == pytest.approx(expected.p, rel=1e-5)

    @pytest.mark.parametrize(
        ("other", "sizes"),
        [(key(*B[:2]), "3 against 2"), ("b-seed1/validation", "3 against 1")],
    )
    def test_too_few_cannot_tell(self, reader, other, sizes):
        found = compare(reader, key(*A), other, level=1)
        assert found["test"] == "none"
        assert found["why"] == (
            f"{sizes} runs: too few to tell from seeds, which takes 3 a side."
        )
        assert set(found["nodes"]["p"]) == {None}
        for level in found["levels"]:
            assert (level["found"], level["tested"]) == (0, 0)
            assert set(level["q"]) == {1}
            assert level["accuracy"] == {"p": None, "q": None, "tested": 0}
        cells = found["cells"]
        assert (cells["tested"], cells["found"], cells["rows"]) == (0, 0, [])

    def test_a_set_against_itself(self, reader):
        found = compare(reader, key(*A), key(*A))
        assert set(found["nodes"]["p"]) == {1}

    def test_cells_are_tested_by_their_shares(self, logged):
        worst = [f"c-seed{i}" for i in (1, 2, 3)]
        for i in (1, 2, 3):
            log(logged / worst[i - 1], 23 + i, right=0.3)
        found = compare(Reader(logged), key(*B), key(*worst), level=1)["cells"]
        one, two = matrices(10, 0.9), matrices(23, 0.3)
        assert found["tested"] <= found["total"] <= 12
        assert found["found"] == len(found["rows"]) > 0
        for at in range(found["found"]):
            row = TREE.order[found["rows"][at]]
            column = TREE.order[found["columns"][at]]
            assert row != column
            sides = [side[:, row, column] for side in (one, two)]
            for name, side in zip(("shown", "other"), sides, strict=True):
                assert found[name][at] == pytest.approx(side.mean(), rel=1e-5)
            expected = evidence.paired_seeds(*(side / 50 for side in sides))
            assert found["p"][at] == pytest.approx(expected.t_p, rel=1e-5)

    def test_a_cell_that_rounding_alone_would_find_is_not(self, reader):
        """5, 5 and 5 errors in 50 less: 0.12 - 0.02 is not 0.1 - 0."""
        change = (matrices() - matrices(10, 0.9))[:, 1, 0]
        assert change.tolist() == [5, 5, 5]
        found = compare(reader, key(*A), key(*B), level=1)["cells"]
        assert (found["found"], found["rows"]) == (0, [])

    def test_cells_of_groups_hold_wrong_classes_inside(self, reader):
        found = compare(reader, key(*A), key(*B), level=0)["cells"]
        columns = (found[name] for name in ("rows", "columns", "shown"))
        cells = zip(*columns, strict=True)
        inside = {row: shown for row, column, shown in cells if row == column}
        assert inside
        for row, shown in inside.items():
            group = np.flatnonzero(TREE.levels()[0].of_class == row)
            blocks = [each[np.ix_(group, group)] for each in matrices()]
            wrong = [block.sum() - np.trace(block) for block in blocks]
            assert shown == pytest.approx(np.mean(wrong), rel=1e-5)

    def test_seeds_of_one_training_do_not_differ(self, tmp_path):
        """By seed, of twenty pairs of sets that differ by chance alone."""
        for i in (1, 2, 3):
            for name, start in (("a", 0), ("b", 3)):
                log(tmp_path / f"{name}-seed{i}", start + i, range(1, 21))
        reader, alarms = Reader(tmp_path), 0
        for step in range(1, 21):
            asked = {"step": step, "other_step": step, "level": 1}
            found = compare(reader, key(*A), key(*B), **asked)
            alarms += found["levels"][-1]["found"] + found["cells"]["found"] > 0
        # Two families at 5 % each: 2 are expected, 7 or more come of 20 once
        # in 400.
        assert alarms < 7
