"""The study's teachers: what earlier networks and weak views say."""

import keras
import numpy as np
import pytest

import keras_hier as kh
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.losses.node_crossentropy import NodeCrossentropy
from study import ensemble
from study.ensemble import right_if_told
from study.tests.study_runs import pets
from study.training.data import Images
from study.training.labels import coarse_tree, read_hierarchy
from study.training.network import of_nodes
from study.training.pseudo import Pseudo, pseudo_labelled
from study.training.teacher import fingerprint, save, taught


def test_a_teacher_speaks_within_the_node(tmp_path):
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])
    images = Images(np.zeros((3, 4, 4, 3), np.uint8), np.array([4, 3, 2]))
    said = np.log([[0.2, 0.3, 0.5]] * 3)
    save(tmp_path / "said.npz", images, said, tree.classes)
    labels = taught([tmp_path / "said.npz"], images, tree).labels
    assert labels.shape == (3, NodeLabels(tree).num_labels)
    # A pet; anything; a bus.
    expected = [[0.4, 0.6, 0], [0.2, 0.3, 0.5], [0, 0, 1]]
    np.testing.assert_allclose(labels[:, :3], expected, atol=1e-3)
    assert not labels[:, 3:].any()
    others = Images(images.pixels + 1, images.labels)
    with pytest.raises(SystemExit, match="is about other images"):
        taught([tmp_path / "said.npz"], others, tree)
    other = kh.Hierarchy.from_paths([("pet", "dog"), ("pet", "cat"), ("bus",)])
    with pytest.raises(SystemExit, match="3 in this order are expected"):
        taught([tmp_path / "said.npz"], images, other)


def test_what_several_networks_would_teach():
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])
    labels = np.array([0, 1, 0, 1, 2])
    # All pets are called cats, the dogs less surely so; and a bus a dog.
    said = [
        [0.9, 0.1, 0],
        [0.6, 0.4, 0],
        [0.8, 0.2, 0],
        [0.7, 0.3, 0],
        [0, 1, 0],
    ]
    pet = NodeLabels(tree).label("pet")
    found = right_if_told(labels, np.array(said), tree, np.array([pet, pet, 2]))
    assert found == "given the true group 60.0 right, evened 100.0"


def test_networks_that_saw_other_images_say_nothing_together(
    tmp_path, monkeypatch, capsys
):
    for name, arrays in {
        "a": {"labels": [0, 1], "class": np.eye(2), "classes": ["a", "b"]},
        "b": {"labels": [1, 0], "class": np.eye(2), "classes": ["a", "b"]},
        "c": {"labels": [0, 1], "class": np.eye(2), "classes": ["b", "a"]},
        "rest": {"log_p": np.eye(2)},
    }.items():
        np.savez(tmp_path / name, **arrays)
    for names, said in (
        ("ab", "other images than"),
        ("ac", "2 in this order are expected"),
        (["rest"], "rest.npz has"),
    ):
        files = [str(tmp_path / f"{name}.npz") for name in names]
        monkeypatch.setattr("sys.argv", ["ensemble", *files])
        with pytest.raises(SystemExit) as refused:
            ensemble.main()
        assert said in capsys.readouterr().err + str(refused.value)


def test_random_groups_are_those_of_the_seed(tmp_path, monkeypatch, capsys):
    folder = pets(tmp_path)
    kept, tree = folder / "a-held_out.npz", folder / "tree.csv"
    # Each class is called the next one.
    said = np.roll(np.eye(6), 1, axis=1) + 0.5 * np.eye(6)
    ids = list("abcdef")
    np.savez(kept, labels=np.arange(6), classes=ids, **{"class": said})
    command = ["ensemble", kept, "--data", folder / "pets"]
    command += ["--hierarchy", tree, "--coarse", "random2", "--seed"]
    told = read_hierarchy(str(tree), tuple("abcdef"))
    found = {}
    for seed in range(4):
        monkeypatch.setattr("sys.argv", [str(x) for x in (*command, seed)])
        ensemble.main()
        out = capsys.readouterr().out
        share = out.partition("the true group ")[2].split()[0]
        groups = coarse_tree(told, "random2", seed)[1]
        # Right where the next one is in the other group.
        found[seed] = share
        right = groups != np.roll(groups, -1)
        assert share == f"{100 * right.mean():.1f}"
    assert len({*found.values()}) > 1


def test_of_several_teachers_the_mean_counts(tmp_path):
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])
    images = Images(np.zeros((1, 4, 4, 3), np.uint8), np.array([4]))  # a pet
    for name, shares in {"a": [0.2, 0.2, 0.6], "b": [0.1, 0.7, 0.2]}.items():
        save(tmp_path / f"{name}.npz", images, np.log([shares]), tree.classes)
    both = [tmp_path / "a.npz", tmp_path / "b.npz"]
    # 0.15 and 0.45 of a cat and of a dog: who is surer of a pet has more say.
    labels = taught(both, images, tree).labels
    np.testing.assert_allclose(labels[0, :3], [0.25, 0.75, 0], atol=1e-3)
    assert fingerprint(both) == fingerprint(both[::-1])
    assert fingerprint(both) != fingerprint(both[:1])


def test_what_is_named_too_often_is_evened(tmp_path):
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])
    # Four pets, all likelier cats, and a bus.
    images = Images(np.zeros((5, 4, 4, 3), np.uint8), np.array([4, 4, 4, 4, 2]))
    cats = [0.9, 0.8, 0.7, 0.6, 0.5]
    said = np.log([[c, 1 - c, 0.1] for c in cats])
    save(tmp_path / "said.npz", images, said, tree.classes)
    labels = taught([tmp_path / "said.npz"], images, tree, even=True).labels
    np.testing.assert_allclose(labels.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(labels.sum(axis=0)[:3], [2, 2, 1], rtol=0.01)
    # The order of who is likelier a cat stays.
    assert (np.diff(labels[:4, 0]) < 0).all()
    assert labels[0, 0] > 0.5 > labels[3, 0]


def test_what_the_class_output_says_of_weak_views_teaches_every_output():
    # cat, dog, pet as a head's group; the labels are 3 classes, root, pet.
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])
    keras.utils.set_random_seed(0)  # heads that agree would teach nothing
    inputs = keras.Input((3,))
    scores = keras.layers.Activation("linear", name="scores")(inputs)
    plain = keras.Model(inputs, keras.layers.Dense(3, name="class")(scores))
    model = kh.add_heads(plain, {"scores": {"group": tree.cut(groups=2)}})
    losses = kh.compile_args(model, tree, loss_weights={"group": 0.5})
    of_nodes(model, losses, tree)
    pseudo = Pseudo(threshold=0.8, weight=8.0, ramp=4)
    learner = pseudo_labelled(model, tree, pseudo, losses)
    learner.compile("sgd", **losses)
    learner.optimizer.iterations.assign(1)  # of 4: the weight is 2
    learner.get_layer("class").set_weights([np.eye(3), np.zeros(3)])

    # One exact image, a bus; one of which nothing is known and one pet.
    x = np.log(np.float32([[1, 1, 2], [1, 1, 2], [4, 1, 3]]))
    # Weak views: sure of a cat; not sure whether cat or dog, but of a bus.
    weak = np.log(np.float32([[90, 5, 5], [3, 2, 95]]))
    labels = np.eye(5, dtype=np.float32)[[2, 3, 4]]
    y_pred = {name: np.array(y) for name, y in learner(x).items()}
    loss = learner.compute_loss(x, {"labels": labels, "weak": weak}, y_pred)

    group = y_pred["group"] - np.log(np.exp(y_pred["group"]).sum(1))[:, None]
    pet, bus = (tree.cut(groups=2).of_class[at] for at in (0, 2))
    # Labels of two images say something. Of two pseudo-labels, one teaches.
    of_class = (-np.log(2 / 4) - np.log(5 / 8)) / 2 + 2 * -np.log(1 / 4) / 2
    of_group = -(group[0, bus] + group[2, pet]) / 2 + 2 * -group[1, pet] / 2
    apart = float(np.mean(y_pred["distillation"]))
    assert apart > 0.01
    by_hand = of_class + 0.5 * of_group + apart
    assert float(loss) == pytest.approx(by_hand, rel=1e-5)
    assert float(learner.taught.result()) == 0.5


def test_weak_views_teach_a_network_without_heads():
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])
    inputs = keras.Input((3,))
    plain = keras.Model(inputs, keras.layers.Dense(3, name="class")(inputs))
    losses = kh.compile_args(plain, tree, label_mode="categorical")
    of_nodes(plain, losses, tree)
    pseudo = Pseudo(threshold=0.8, weight=2.0)
    learner = pseudo_labelled(plain, tree, pseudo, losses)
    learner.compile("sgd", **losses)
    learner.get_layer("class").set_weights([np.eye(3), np.zeros(3)])
    # The images, weak views and labels of the network with heads above.
    x = np.log(np.float32([[1, 1, 2], [1, 1, 2], [4, 1, 3]]))
    weak = np.log(np.float32([[90, 5, 5], [3, 2, 95]]))
    labels = np.eye(5, dtype=np.float32)[[2, 3, 4]]
    y = {"labels": labels, "weak": weak}
    by_hand = (-np.log(2 / 4) - np.log(5 / 8)) / 2 + 2 * -np.log(1 / 4) / 2
    loss = learner.compute_loss(x, y, learner(x))
    assert float(loss) == pytest.approx(by_hand, rel=1e-5)


def test_an_adaptive_threshold_goes_on_where_it_was(tmp_path):
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])

    def learner():
        inputs = keras.Input((4,))
        model = keras.Model(inputs, keras.layers.Dense(3)(inputs))
        loss = {"loss": NodeCrossentropy(tree)}
        return pseudo_labelled(model, tree, Pseudo(adaptive=True), loss)

    first, second = learner(), learner()
    said = np.array([[0.7, 0.2, 0.1]], np.float32)
    first.running.update_state(said, said)
    first.save_weights(tmp_path / "state.weights.h5")
    second.load_weights(tmp_path / "state.weights.h5")
    # A hundredth of the way from a third to 0.7.
    assert float(second.running.confidence) == pytest.approx(0.337, abs=1e-4)
    np.testing.assert_array_equal(
        second.running.posterior.numpy(), first.running.posterior.numpy()
    )
    kernels = [model.get_weights()[0] for model in (first, second)]
    np.testing.assert_array_equal(*kernels)


def test_teachers_are_told_apart_by_what_they_say(tmp_path):
    images = Images(np.zeros((3, 4, 4, 3), np.uint8), np.zeros(3, int))
    names = []
    for number in (1, 2, 2):
        said = np.log([[0.5, 0.5]] * 3) * number
        save(tmp_path / "a.npz", images, said, "ab")
        names.append(fingerprint([tmp_path / "a.npz"]))
    assert names[0] != names[1] == names[2]
    assert names[0].startswith("a-")
    with pytest.raises(SystemExit, match="cannot be read"):
        fingerprint([tmp_path / "b.npz"])


@pytest.mark.parametrize("content", ["other", "array", "cut"])
def test_a_teacher_that_is_none(tmp_path, content):
    path = tmp_path / "said.npz"
    images = Images(np.zeros((3, 4, 4, 3), np.uint8), np.zeros(3, int))
    if content == "other":
        np.savez(path, labels=images.labels)
    elif content == "array":
        with path.open("wb") as file:
            np.save(file, images.labels)
    else:
        save(path, images, np.zeros((3, 2)), ["cat", "dog"])
        path.write_bytes(path.read_bytes()[:100])
    tree = kh.Hierarchy.from_paths([("cat",), ("dog",)])
    with pytest.raises(SystemExit, match=r"wants a NAME-rest\.npz"):
        taught([path], images, tree)
