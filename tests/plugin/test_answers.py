"""The route of answers at a promised accuracy, by numbers worked by hand."""

import numpy as np
import pytest
from reading import MATRIX, TREE, Reader

import keras_hier as kh
from keras_hier.answers.logged_answers import LoggedAnswers, calibration_of
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.log.records.paths_codec import PathSums, calibrating

# car, cat, dog, wolf: (cat, dog) are pets, with wolf animals.
SURE = [0.9, 0.04, 0.03, 0.03]
PET = [0.02, 0.55, 0.4, 0.03]
WHERE = {"run": "run/validation", "output": "class", "step": "1"}
ASKED = {**WHERE, "level": "0", "promise": "0.9"}
COUNT = 400


def drawn():
    """200 cars, all surely named; 200 dogs, all named cats."""
    labels = np.repeat([0, 2], COUNT // 2)
    return labels, np.array([SURE, PET])[(labels == 2).astype(int)]


def write(folder, labels, scores, tree=TREE, step=1, **options):
    with kh.BlocksWriter(folder / "run", tree, resume=True) as log:
        log.samples(labels, scores, step, **options)
        log.matrix(MATRIX, step)


@pytest.fixture
def reader(tmp_path):
    write(tmp_path, *drawn())
    return Reader(tmp_path)


def names(nodes):
    return [TREE.node_names[node] for node in nodes]


def test_answers_by_the_group_that_holds_the_promise(reader):
    found = reader.get("answers", **ASKED)
    measured = calibrating(COUNT)[2]
    cars = int((measured < 200).sum())
    dogs = len(measured) - cars
    assert (found["measured"], found["calibrating"]) == (200, 160)
    assert (found["step"], found["now"]["needed"]) == (1, 9)
    now = found["now"]["tree"]
    assert now["accuracy"] == 1
    assert now["classes"] == pytest.approx(cars / 200)
    assert now["groups"] == pytest.approx(dogs / 200)
    # A pet is one of two of four classes: it says one bit of two.
    assert now["coverage"] == pytest.approx((cars + dogs / 2) / 200)
    refusing = found["now"]["refusing"]
    assert refusing["nothing"] == pytest.approx(dogs / 200)
    assert refusing["coverage"] == pytest.approx(cars / 200)
    bars = found["bars"]
    assert names(bars["nodes"]) == ["animal", "thing"]
    assert bars["samples"] == bars["right"] == [dogs, cars]
    levels = len(TREE.levels())
    answered = np.array(bars["answered"])
    assert answered.shape == (2, levels + 1)
    assert answered[1].tolist() == [0] * levels + [cars]
    assert answered[0, 0] == answered[0, -1] == 0
    cells = found["cells"]
    assert names(cells["rows"]) == names(cells["columns"])
    assert cells["counts"] == sorted([cars, dogs], reverse=True)
    assert found["wrong"]["total"] == 0


def test_a_low_promise_names_classes_and_lists_what_is_wrong(tmp_path):
    labels, scores = drawn()
    ids = [f"{n:04}" for n in range(COUNT)]
    write(tmp_path, labels, scores, ids=ids)
    asked = {**ASKED, "promise": "0.4", "level": "1"}
    found = Reader(tmp_path).get("answers", **asked)
    measured = calibrating(COUNT)[2]
    wrong = measured[measured >= 200]
    now = found["now"]["tree"]
    assert (now["threshold"], now["classes"], now["coverage"]) == (0, 1, 1)
    assert now["accuracy"] == pytest.approx(1 - len(wrong) / 200)
    assert now["low"] < now["accuracy"] < now["high"]
    listed = found["wrong"]
    assert listed["total"] == len(wrong)
    assert sorted(listed["samples"]) == sorted(wrong)
    assert listed["ids"] == [ids[sample] for sample in listed["samples"]]
    assert set(listed["labels"]) == {2}
    assert set(names(listed["nodes"])) == {"cat"}
    assert (np.diff(listed["confidence"]) <= 0).all()
    cells = found["cells"]
    pairs = zip(names(cells["rows"]), names(cells["columns"]), strict=True)
    assert dict(zip(pairs, cells["counts"], strict=True)) == {
        ("dog", "cat"): len(wrong),
        ("car", "car"): 200 - len(wrong),
    }


def test_the_curve_holds_the_point_of_a_promise(reader):
    found = reader.get("answers", **ASKED)
    curve, now = found["curve"], found["now"]
    at = curve["promise"].index(0.9)
    for way in ("tree", "refusing"):
        assert {k: v[at] for k, v in curve[way].items()} == now[way]
        said = np.array(curve[way]["coverage"])
        assert (np.diff(said) <= 0).all()  # the more is promised
    assert curve["needed"][at] == 9


def test_fewer_samples_than_a_promise_takes_say_nothing(tmp_path):
    labels, scores = drawn()
    write(tmp_path, labels[::20], scores[::20])
    asked = {**ASKED, "promise": "0.95"}
    now = Reader(tmp_path).get("answers", **asked)["now"]
    assert now["needed"] == 19
    assert now["tree"]["threshold"] is None
    assert now["tree"]["nothing"] == now["tree"]["accuracy"] == 1


def test_answers_like_kh_answers():
    """The same thresholds and answers as `kh.Answers` of the same halves."""
    rng = np.random.default_rng(0)
    tree = kh.Hierarchy.cifar100()
    labels = np.sort(rng.integers(0, 100, 3000))
    logits = rng.normal(0, 1, (3000, 100))
    logits[np.arange(3000), labels] += 3
    told = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    _, fits, measured = calibrating(3000)
    answers = kh.Answers.fit(
        told[fits], labels[fits], tree, accuracy=0.9, temperature=1
    )
    said = answers(told[measured])
    best, path = answers._paths.upwards(told)
    sums = PathSums(1.0, path[:, :-1], path[:, :-1])
    logged = LoggedAnswers(tree, labels, best, sums)
    (worth,) = logged.by_tree([0.9])
    assert worth.threshold == pytest.approx(answers.thresholds[0])
    places = logged.places(worth.threshold)
    np.testing.assert_array_equal(
        NodeLabels(tree).labels[logged.answered(places)], said.labels
    )
    score = answers.score(said, labels[measured])
    assert worth.right / 1500 == pytest.approx(score.accuracy)
    assert worth[2:] == pytest.approx(score[4:])
    (one,) = logged.refusing([0.9])
    assert one.groups == 0
    assert one.coverage == pytest.approx(one.classes)


def test_calibration_is_that_of_its_bins():
    # 0.75 right in half of four: off by 0.25; 0.2 right in one of five.
    told = np.array([0.75] * 4 + [0.2] * 5)
    right = np.array([1, 1, 0, 0, 1, 0, 0, 0, 0], bool)
    found = calibration_of(told, right)
    assert found.error == pytest.approx(4 * 0.25 / 9)
    spread = np.sqrt([4 * 0.75 * 0.25, 5 * 0.2 * 0.8])
    chance = np.sqrt(2 / np.pi) * spread.sum() / 9
    assert found.chance == pytest.approx(chance)


def test_what_is_exactly_right_is_off_by_chance_alone():
    rng = np.random.default_rng(0)
    told = rng.random(2000)
    found = [calibration_of(told, rng.random(2000) < told) for _ in range(50)]
    assert np.mean([each.error for each in found]) == pytest.approx(
        found[0].chance, rel=0.1
    )


class TestRefused:
    """A sentence for each reason."""

    def asked(self, folder, **query):
        return Reader(folder).request("answers", **{**ASKED, **query})

    @pytest.mark.parametrize(
        ("why", "message"),
        [
            ("none", "No samples logged for output"),
            ("best", "without the probabilities of groups: give all scores"),
            ("flat", "The tree has no groups"),
            ("errors", "computed from errors, and would flatter"),
            ("few", "1 samples are too few"),
            ("other", "under another tree than the matrix"),
        ],
    )
    def test_logs(self, tmp_path, why, message):
        labels, scores = drawn()
        tree = TREE
        if why == "best":
            scores = np.tile([0, 1], (COUNT, 1)), np.full((COUNT, 2), 0.4)
        elif why == "flat":
            tree = kh.Hierarchy.from_paths([(c,) for c in TREE.classes])
        elif why == "errors":
            tree = kh.Hierarchy.from_confusions(MATRIX + 9, TREE.classes)
        elif why == "few":
            labels, scores = labels[:1], scores[:1]
        if why == "other":
            other = kh.Hierarchy.from_nested(
                {"a": ["car", "cat"], "b": ["dog", "wolf"]},
                classes=TREE.classes,
            )
            write(tmp_path, labels, scores, other)
            with kh.BlocksWriter(tmp_path / "run", TREE) as log:
                log.matrix(MATRIX, 2)
        elif why == "none":
            with kh.BlocksWriter(tmp_path / "run", TREE) as log:
                log.matrix(MATRIX, 1)
        else:
            write(tmp_path, labels, scores, tree)
        step = "2" if why == "other" else "1"
        answer = self.asked(tmp_path, step=step)
        assert answer.status_code == 422
        assert message in answer.json["error"]

    @pytest.mark.parametrize(
        "query",
        [
            {"level": "9"},
            {"level": "-1"},
            {"promise": "1"},
            {"promise": "0"},
            {"promise": "0.0"},
            {"promise": "nan"},
            {"promise": "1e-3"},
        ],
    )
    def test_questions(self, tmp_path, query):
        write(tmp_path, *drawn())
        assert self.asked(tmp_path, **query).status_code == 400
