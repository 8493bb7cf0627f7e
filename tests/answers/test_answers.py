"""What answers are given, refused, saved and read."""

import json

import keras
import numpy as np
import pandas as pd
import pytest

import keras_hier as kh
from keras_hier.answers import Answered

TREE = kh.Hierarchy.from_paths(
    [("pet", "dog", "pug"), ("pet", "dog", "husky"), ("pet", "cat"), ("bus",)]
)
NODES = kh.NodeLabels(TREE)
# The two dogs are a guess, all else is sure.
TOLD = np.tile(
    [
        [0.48, 0.42, 0.05, 0.05],
        [0.48, 0.42, 0.05, 0.05],
        [0.02, 0.01, 0.95, 0.02],
        [0.01, 0.01, 0.01, 0.97],
    ],
    (50, 1),
)
LABELS = np.tile([0, 1, 2, 3], 50)


def fitted(**kwargs):
    return kh.Answers.fit(TOLD, LABELS, TREE, **{"temperature": 1, **kwargs})


def names(answers, told=TOLD[:4]):
    return [NODES.name(label) for label in answers(told).labels]


@pytest.mark.parametrize("rule", ["climbing", "information"])
def test_it_climbs_no_higher_than_it_must(rule):
    answers = fitted(rule=rule)
    assert names(answers) == ["dog", "dog", "cat", "bus"]
    np.testing.assert_allclose(
        answers(TOLD[:4]).confidence, [0.9, 0.9, 0.95, 0.97]
    )
    scores = answers.score(answers(TOLD), LABELS)
    assert (scores.samples, scores.unknown, scores.accuracy) == (200, 0, 1)
    assert scores.selective_accuracy == 1
    # A dog says 1 - 1/2 of what a class does.
    assert (scores.coverage, scores.classes, scores.groups) == (0.75, 0.5, 0.5)


def test_saying_nothing_is_right_but_no_answer_of_something():
    root = NODES.label("all classes")
    said = Answered(np.array([0, 1, root, root]), np.ones(4))
    scores = fitted().score(said, [0, 0, 0, 0])
    assert (scores.accuracy, scores.selective_accuracy) == (0.75, 0.5)
    silent = fitted().score(Answered(np.full(4, root), np.ones(4)), [0] * 4)
    assert silent.accuracy == 1
    assert np.isnan(silent.selective_accuracy)


def test_logits_batches_and_tables_are_answered_alike(tmp_path):
    wanted = fitted()(TOLD)
    logits = kh.Answers.fit(
        np.log(TOLD), LABELS, TREE, temperature=1, from_logits=True
    )
    frame = pd.DataFrame(TOLD, columns=TREE.classes)
    for said in (
        logits(np.log(TOLD) + 7),
        fitted()([TOLD[:90], TOLD[90:]]),
        fitted()(TOLD.tolist()),
        fitted()(frame),
        fitted()(keras.ops.convert_to_tensor(TOLD)),
    ):
        np.testing.assert_array_equal(said.labels, wanted.labels)
        np.testing.assert_allclose(said.confidence, wanted.confidence, 1e-6)
    assert len(fitted()(TOLD[:0]).labels) == 0


def test_coarse_labels_calibrate_and_judge_what_they_can():
    dog, pet = NODES.label("dog"), NODES.label("pet")
    labels = np.where(LABELS < 2, dog, LABELS)
    # Nobody knows which dog: the answer must stay at the dogs.
    assert names(kh.Answers.fit(TOLD, labels, TREE, temperature=1)) == [
        *("dog", "dog", "cat", "bus")
    ]
    answers = fitted()
    scores = answers.score(answers(TOLD), np.where(LABELS < 3, pet, 3))
    assert (scores.unknown, scores.accuracy) == (150, 1)


def test_samples_of_the_temperature_do_not_calibrate():
    assert fitted(temperature=None).samples.tolist() == [160]
    assert fitted().samples.tolist() == [200]


def test_names_are_labels_too():
    said = [TREE.classes[label] for label in LABELS]
    answers = kh.Answers.fit(TOLD, said, TREE, temperature=1)
    np.testing.assert_array_equal(answers.thresholds, fitted().thresholds)


def test_groups_with_few_samples_are_answered_by_the_root():
    at = TREE.cut(nodes=["pet", "bus"])
    told, labels = TOLD[:-43], LABELS[:-43]
    rare = np.flatnonzero(labels == 3)[18:]
    told, labels = np.delete(told, rare, 0), np.delete(labels, rare)
    with pytest.warns(UserWarning, match=r"1 of 2 groups .* least 19 .*'bus'"):
        answers = kh.Answers.fit(told, labels, TREE, at=at, temperature=1)
    assert answers.samples.tolist()[-1] == 18
    assert names(answers) == ["dog", "dog", "cat", "all classes"]


@pytest.mark.parametrize(
    ("rule", "name"), [("climbing", "b"), ("information", "a")]
)
def test_a_chain_says_no_more_than_its_class(rule, name):
    chain = kh.Hierarchy.from_paths([("a", "b", "x"), ("a", "b", "y"), ("z",)])
    told = np.tile([[0.5, 0.4, 0.1], [0.4, 0.5, 0.1]], (30, 1))
    labels = np.tile([1, 0], 30)
    answers = kh.Answers.fit(told, labels, chain, rule=rule, temperature=1)
    said = answers(told)
    # "a" and "b" hold the same classes.
    assert kh.NodeLabels(chain).name(said.labels[0]) == name
    of_two = 1 - np.log(2) / np.log(3)
    assert answers.score(said, [1, 0] * 30).coverage == pytest.approx(of_two)


@pytest.mark.any_backend
@pytest.mark.parametrize("rule", ["climbing", "information"])
def test_the_model_answers_as_numpy_does(rule, tmp_path):
    at = TREE.cut(nodes=["pet", "bus"])
    answers = fitted(rule=rule, at=at, temperature=1.3)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Softmax()])
    answering = kh.answering_model(model, answers)
    path = tmp_path / "model.keras"
    answering.save(path)
    for each in (answering, keras.models.load_model(path)):
        said = each.predict(np.log(TOLD), verbose=0)
        wanted = answers(TOLD)
        np.testing.assert_array_equal(said["answer"], wanted.labels)
        np.testing.assert_allclose(
            said["confidence"], wanted.confidence, rtol=1e-5
        )


def test_a_model_of_another_kind_is_refused():
    answers = fitted()
    layers = [keras.Input((4,)), keras.layers.Dense(4)]
    with pytest.raises(ValueError, match=r"gives logits, .* probabilities"):
        kh.answering_model(keras.Sequential(layers), answers)
    layers = [keras.Input((4,)), keras.layers.Dense(5)]
    with pytest.raises(ValueError, match=r"scores \[N, 4\]"):
        kh.answering_model(keras.Sequential(layers), answers)


BAD = [
    ({"accuracy": 1.0}, "above 0 and below 1"),
    ({"confidence": 1}, "above 0 and below 1"),
    ({"rule": "deep"}, "one of 'information', 'climbing'"),
    ({"temperature": 0}, "`temperature` above 0"),
    ({"from_logits": True}, "got probabilities"),
    ({"scores": TOLD * 2}, "a sum of 2"),
    ({"scores": np.log(TOLD)}, "from_logits=True"),
    ({"scores": TOLD[:, :3]}, r"shape \[N, 4\]"),
    ({"scores": np.where(TOLD > 0.9, np.nan, TOLD)}, "finite scores, got nan"),
    ({"scores": (each for each in [TOLD])}, "pass a list of its batches"),
    ({"scores": pd.DataFrame(TOLD, columns=[*"abcd"])}, "order"),
    ({"scores": TOLD[:12], "labels": LABELS[:12]}, "at least 19 .* got 12"),
    ({"scores": TOLD[:150]}, "as many labels as samples"),
    ({"labels": LABELS[:150]}, "as many labels as samples"),
    ({"labels": LABELS + 9}, r"labels in \[0, 7\)"),
    ({"labels": LABELS + 1}, "none is 0, .* the root"),
    ({"labels": np.where(LABELS == 1, 4, LABELS)}, "50 labels are the root"),
    ({"labels": LABELS / 2}, "integers or names"),
    ({"labels": []}, "integers or names"),
    ({"labels": ["fox"] * 200}, "fox"),
    ({"at": kh.Grouping(["a", "b"], [0, 1])}, "group 4 classes"),
]


@pytest.mark.parametrize(("given", "message"), BAD)
def test_bad_input_is_one_error(given, message):
    given = {"scores": TOLD, "labels": LABELS, "temperature": 1, **given}
    with pytest.raises(ValueError, match=message):
        kh.Answers.fit(hierarchy=TREE, **given)


@pytest.mark.parametrize("at", [None, TREE.cut(nodes=["pet", "bus"])])
def test_what_is_saved_is_read(at, tmp_path):
    few = np.flatnonzero(LABELS != 3)
    with pytest.warns() if at else pytest.MonkeyPatch().context():
        answers = kh.Answers.fit(TOLD[few], LABELS[few], TREE, at=at)
    answers.save(tmp_path / "answers.json")
    again = kh.Answers.load(tmp_path / "answers.json", TREE)
    np.testing.assert_array_equal(again(TOLD).labels, answers(TOLD).labels)
    assert repr(again) == repr(answers)


def test_another_tree_or_file_is_refused(tmp_path):
    path = tmp_path / "answers.json"
    fitted(at=TREE.cut(nodes=["pet", "bus"])).save(path)
    other = kh.Hierarchy.from_paths([(each,) for each in TREE.classes])
    with pytest.raises(ValueError, match="was fitted with the tree"):
        kh.Answers.load(path, other)
    text = path.read_text()
    content = json.loads(text)
    for changed in (
        "",
        text[: len(text) // 2],
        "[" * 10_000,
        *(
            json.dumps({**content, name: value})
            for name, value in (
                ("format", "other"),
                ("version", 2),
                ("accuracy", 2),
                ("rule", ["climbing"]),
                ("temperature", None),
                ("from_logits", "yes"),
                ("thresholds", [0.5]),
                ("thresholds", ["x", "y"]),
                ("thresholds", [-1, 0.5]),
                ("samples", [-1, 5]),
                ("samples", [1e400, 5]),
                ("of_class", [0, 0, 0, 9]),
                ("of_class", "0001"),
                ("group_names", None),
            )
        ),
        *(
            json.dumps({k: v for k, v in content.items() if k != name})
            for name in content
            if name not in ("of_class", "group_nodes")
        ),
    ):
        path.write_text(changed)
        with pytest.raises(ValueError, match=r"answers\.json"):
            kh.Answers.load(path, TREE)
