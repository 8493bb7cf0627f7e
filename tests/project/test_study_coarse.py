"""The study's labels at any depth: its data, its penalty, its intervals."""

import argparse
import base64
import json

import keras
import numpy as np
import pytest
from study_runs import pets, small_run

import keras_hier as kh
from benchmarks.study.ensemble import right_if_told
from benchmarks.study.tables import bootstrap
from benchmarks.study.training import arguments, augment
from benchmarks.study.training.batches import Recipe, batches, drawn
from benchmarks.study.training.data import Images
from benchmarks.study.training.labels import coarse_tree, split_known
from benchmarks.study.training.network import make_optimizer, of_nodes
from benchmarks.study.training.pseudo import Pseudo, pseudo_labelled
from benchmarks.study.training.scores import right_within
from benchmarks.study.training.teacher import (
    fingerprint,
    save,
    taught,
)
from benchmarks.study.training.variants import VARIANTS
from keras_hier.hierarchy.node_labels import NodeLabels
from keras_hier.losses.node_crossentropy import NodeCrossentropy


@pytest.fixture
def folder(tmp_path):
    return pets(tmp_path)


def decayed(step, steps=300):
    """A weight, a scale and a bias of 1 after steps without other gradient."""
    variables = [
        keras.Variable(1.0, name=name) for name in ("kernel", "gamma", "bias")
    ]
    for _ in range(steps):
        step(variables)
    return [float(variable) for variable in variables]


def test_the_penalty_is_that_of_the_papers():
    args = argparse.Namespace(
        epochs=10**6, learning_rate=0.05, optimizer="sgd", weight_decay=0.0
    )
    args.l2 = 2e-3
    ours = make_optimizer(args, steps=1)
    theirs = keras.optimizers.SGD(0.05, momentum=0.9)
    # Through the gradient and the momentum, as in the papers.
    through = decayed(
        lambda v: theirs.apply(
            [2e-3 * keras.ops.convert_to_tensor(v[0])], v[:1]
        )
    )
    beside = decayed(lambda v: ours.apply([v[0] * 0, v[1] * 0, v[2] * 0], v))
    assert through[0] == pytest.approx(0.75, abs=0.01)
    assert beside == pytest.approx([through[0], 1, 1], abs=0.01)


def small_images(count=40, size=16):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (count, size, size, 3)).astype(np.uint8)
    return Images(pixels, np.repeat(np.arange(4, dtype=np.int32), count // 4))


def test_every_image_is_drawn_once_before_any_is_again():
    rows = [drawn(10, 4, step, seed=3) for step in range(10)]
    passes = np.concatenate(rows).reshape(4, 10)
    assert (np.sort(passes) == np.arange(10)).all()
    assert len({tuple(rows) for rows in passes}) == 4


def test_what_an_interrupted_run_draws():
    images = small_images()
    recipe = Recipe(12, 8, 5, "strong", 0.5, 0.25, pairs=True)
    coarse = Images(images.pixels, images.labels + 4)

    def take(skip, count):
        stream = batches(images, coarse, 8, recipe, skip)
        return [next(stream) for _ in range(count)]

    for (x, y), (other, z) in zip(take(3, 2), take(0, 5)[3:], strict=True):
        assert x.shape == (8, 12, 12, 3)
        assert y["weak"].shape == (6, 12, 12, 3)
        np.testing.assert_array_equal(x, other)
        for name in ("labels", "weak"):
            np.testing.assert_array_equal(y[name], z[name])
        # Two exact images, mixed or not, then six coarse ones.
        assert y["labels"][:2, :4].sum(1).tolist() == pytest.approx([1, 1])
        assert (y["labels"][2:, 4:].max(1) == 1).all()


def test_cutmix_mixes_labels_by_the_area():
    rng = np.random.default_rng(0)
    pixels = np.arange(6, dtype=np.uint8)[:, None, None, None]
    pixels = np.broadcast_to(pixels, (6, 20, 20, 3))
    for _ in range(20):
        mixed, targets = augment.cutmix(pixels, np.eye(6, dtype="f"), rng)
        shares = [np.bincount(m[..., 0].ravel(), minlength=6) for m in mixed]
        np.testing.assert_allclose(targets, np.array(shares) / 400, atol=1e-6)
    assert (pixels[3] == 3).all()


@pytest.mark.parametrize("view", augment.VIEWS)
def test_views_are_crops_that_differ_and_repeat(view):
    image = small_images(4, 16).pixels[0]

    def seen(seed):
        return augment.VIEWS[view](image, 12, np.random.default_rng(seed))

    assert seen(0).shape == (12, 12, 3)
    assert seen(0).dtype == np.uint8
    np.testing.assert_array_equal(seen(0), seen(0))
    assert len({seen(seed).tobytes() for seed in range(20)}) > 10


def test_the_first_images_of_a_class_stay_exact():
    images = small_images()
    of_class = np.array([4, 4, 5, 5], np.int32)
    exact, coarse = split_known(images, 3, of_class)
    rows = np.arange(40).reshape(4, 10)
    np.testing.assert_array_equal(exact.labels, np.repeat(np.arange(4), 3))
    np.testing.assert_array_equal(
        exact.pixels, images.pixels[rows[:, :3].ravel()]
    )
    np.testing.assert_array_equal(coarse.labels, np.repeat([4, 4, 5, 5], 7))
    _, few = split_known(images, 3, of_class, count=2)
    np.testing.assert_array_equal(
        few.pixels, images.pixels[rows[:, 3:5].ravel()]
    )
    assert split_known(images, 3, None)[1] is None
    assert split_known(images, 10, of_class)[1] is None
    with pytest.raises(SystemExit, match="too few for --exact 11"):
        split_known(images, 11, of_class)


def test_what_coarse_labels_are():
    tree = kh.Hierarchy.from_paths(
        [("pet", "cat"), ("pet", "dog"), ("car", "bus"), ("car", "van")]
    )
    for coarse, names in {
        "1": ["all classes"] * 4,
        "2": ["pet", "pet", "car", "car"],
        "depth1": ["pet", "pet", "car", "car"],
        "4": ["cat", "dog", "bus", "van"],
    }.items():
        same, labels = coarse_tree(tree, coarse, seed=0)
        assert same is tree
        assert [NodeLabels(tree).name(label) for label in labels] == names
    sizes, mixed = [], 0
    for seed in range(8):
        other, labels = coarse_tree(tree, "random2", seed)
        assert other.classes == tree.classes
        below = [NodeLabels(other).classes(label) for label in labels]
        assert all(c in members for c, members in enumerate(below))
        sizes += [len(members) for members in below]
        mixed += set(below[0]) != {0, 1}
    assert set(sizes) == {2}
    assert mixed
    with pytest.raises(SystemExit, match="Expected --coarse 16"):
        coarse_tree(tree, "sixteen", 0)


def hit_line(seed, variant, right):
    bits = base64.b64encode(np.packbits(right)).decode()
    return {
        "classes": 2, "hold_out": 2, "variant": variant, "seed": seed,
        "exact": 25, "cpu_seconds": 60.0,
        "held_out": {"class": {"groups16": 0.5}},
        "hits": {
            "held_out": {
                "images": len(right), "class": {"top1": bits, "top5": bits}
            }
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", {"l2": 5e-4, "optimizer": "sgd", "cutmix": 0.5, "epochs": 120}),
        ("", {"view": "crops", "exact_share": None}),
        ("--coarse 16", {"cutmix": 0.0, "exact_share": 0.25, "l2": 5e-4}),
        (
            "--coarse 16 --teacher a.npz b.npz",
            {"cutmix": 0.5, "exact_share": 0.25},
        ),
        ("--optimizer adam --epochs 3", {"l2": None, "epochs": 3}),
        ("--weight-decay 1e-3", {"l2": None, "weight_decay": 1e-3}),
    ],
)
def test_exact_brings_the_recipe_of_its_chapter(monkeypatch, given, expected):
    command = f"training --data d --out o --exact 25 {given}"
    monkeypatch.setattr("sys.argv", command.split())
    args = vars(arguments.parse_arguments(None))
    assert {name: args[name] for name in expected} == expected


def test_a_teacher_speaks_within_the_node(tmp_path):
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])
    images = Images(np.zeros((3, 4, 4, 3), np.uint8), np.array([4, 3, 2]))
    said = np.log([[0.2, 0.3, 0.5]] * 3)
    save(tmp_path / "said.npz", images, said)
    labels = taught([tmp_path / "said.npz"], images, tree).labels
    assert labels.shape == (3, NodeLabels(tree).num_labels)
    # A pet; anything; a bus.
    expected = [[0.4, 0.6, 0], [0.2, 0.3, 0.5], [0, 0, 1]]
    np.testing.assert_allclose(labels[:, :3], expected, atol=1e-3)
    assert not labels[:, 3:].any()
    others = Images(images.pixels + 1, images.labels)
    with pytest.raises(SystemExit, match="is about other images"):
        taught([tmp_path / "said.npz"], others, tree)


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
    assert found == "told the group 60.0 right, evened 100.0"


def test_of_several_teachers_the_mean_counts(tmp_path):
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])
    images = Images(np.zeros((1, 4, 4, 3), np.uint8), np.array([4]))  # a pet
    for name, shares in {"a": [0.2, 0.2, 0.6], "b": [0.1, 0.7, 0.2]}.items():
        save(tmp_path / f"{name}.npz", images, np.log([shares]))
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
    save(tmp_path / "said.npz", images, np.log([[c, 1 - c, 0.1] for c in cats]))
    labels = taught([tmp_path / "said.npz"], images, tree, even=True).labels
    np.testing.assert_allclose(labels.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(labels.sum(axis=0)[:3], [2, 2, 1], rtol=0.01)
    # The order of who is likelier a cat stays.
    assert (np.diff(labels[:4, 0]) < 0).all()
    assert labels[0, 0] > 0.5 > labels[3, 0]


@pytest.mark.parametrize(
    "name",
    [name for name, of in VARIANTS.items() if of.loss or of.learned_weights],
)
def test_another_loss_is_not_dropped(monkeypatch, capsys, name):
    command = f"training --data d --out o --exact 25 --variant {name}"
    monkeypatch.setattr("sys.argv", command.split())
    with pytest.raises(SystemExit):
        arguments.parse_arguments(None)
    said = capsys.readouterr().err
    assert f"--exact has a loss of its own, and {name}" in said


def test_what_the_class_output_says_of_weak_views_teaches_every_output():
    # cat, dog, pet as a head's group; the labels are 3 classes, root, pet.
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])
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


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("", "baseline-batch-900-0"),
        ("--stem-stride 1 --seed 2", "baseline-batch-stem1-900-2"),
        (
            "--variant heads3 --head-tree of/errors.json",
            "heads3-batch-900-errors-0",
        ),
        ("--exact 25", "baseline-25-0-0"),
        (
            "--exact 25 --coarse 16 --epochs 240 --teacher a.npz b.npz --even",
            "baseline-25-16-epochs240-taught2even-0",
        ),
        ("--exact 25 --coarse 1 --teacher a.npz", "baseline-25-1-taught1-0"),
        (
            "--exact 25 --coarse 16 --exact-share 0.5 --view resized --l2 0.1",
            "baseline-25-16-exactshare=0.5-l2=0.1-view=resized-0",
        ),
    ],
)
def test_what_is_kept_is_called_after_the_run(monkeypatch, given, name):
    command = f"training --data d --out o {given}"
    monkeypatch.setattr("sys.argv", command.split())
    assert arguments.run_name(arguments.parse_arguments(None), 900) == name


def test_rows_are_of_the_same_teachers_of_other_seeds():
    first, second = (
        "classes5-distil-25-16-{}",
        "classes5-distil-25-16-taught1-{}",
    )
    teachers = {
        "one": [first],
        "longer": ["classes5-distil-25-16-epochs240-{}"],
        "both": [first, second],
        "none": [],
    }
    lines = []
    for names in teachers.values():
        for seed in (0, 1):
            stems = [name.format(seed) for name in names]
            said = [f"{stem}-rest-{7 * seed:08x}" for stem in stems]
            line = hit_line(seed, "baseline", np.array([True, False]))
            lines.append(line | {"teacher": " ".join(said) or None})
    rows = bootstrap.rows_of(lines, "held_out")
    assert [sorted(row.runs) for row in rows] == [[0, 1]] * len(teachers)


def test_teachers_are_told_apart_by_what_they_say(tmp_path):
    images = Images(np.zeros((3, 4, 4, 3), np.uint8), np.zeros(3, int))
    names = []
    for number in (1, 2, 2):
        save(tmp_path / "a.npz", images, np.log([[0.5, 0.5]] * 3) * number)
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
        save(path, images, np.zeros((3, 2)))
        path.write_bytes(path.read_bytes()[:100])
    tree = kh.Hierarchy.from_paths([("cat",), ("dog",)])
    with pytest.raises(SystemExit, match=r"wants a NAME-rest\.npz"):
        taught([path], images, tree)


def test_who_is_told_the_group_errs_within_it():
    tree = kh.Hierarchy.from_paths(
        [("pet", "cat"), ("pet", "dog"), ("car", "bus"), ("car", "van")]
    )
    labels = np.array([0, 1, 2, 3])
    shares = [
        [0.3, 0.2, 0.5, 0.0],  # A cat, if it is a pet.
        [0.4, 0.3, 0.2, 0.1],  # A cat again: wrong.
        [0.1, 0.0, 0.5, 0.4],
        [0.9, 0.0, 0.0, 0.1],
    ]
    cut = tree.cut(groups=2)
    assert right_within(labels, np.array(shares), cut) == 0.75
    # In groups of one class nothing is left to be wrong about.
    alone = tree.cut(groups=4)
    assert right_within(labels, np.array(shares), alone) == 1


def test_coarse_images_are_neither_right_nor_wrong():
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.layers.Identity()(inputs))
    arguments = {}
    of_nodes(model, arguments, tree)
    model.compile(**arguments)
    labels = np.eye(NodeLabels(tree).num_labels)[[0, 2, 1, 4]]  # last: a pet
    scores = np.eye(3)[[0, 2, 0, 1]] * 9
    got = model.evaluate(scores, labels, return_dict=True, verbose=0)
    assert got["accuracy"] == pytest.approx(2 / 3)


def test_intervals_over_images_and_seeds(tmp_path, monkeypatch, capsys):
    rng = np.random.default_rng(0)
    right = rng.random(400) < 0.5
    # The second is wrong where the first is, and on half of the others.
    worse = right & (rng.random(400) < 0.5)
    lines = [
        hit_line(seed, name, bits)
        for seed in range(2)
        for name, bits in {"baseline": right, "hxe": worse}.items()
    ]
    path = tmp_path / "runs.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    first, second = bootstrap.rows_of(lines, "held_out")
    cell = bootstrap.error_cell(first, "held_out", 1)
    error = 100 * (~right).mean()
    low, high = (float(x) for x in cell.split("(")[1][:-1].split(" to "))
    assert cell.startswith(f"{error:.1f} (")
    # Of 400 images and no difference between seeds: 1.96 sqrt(p q / n).
    assert high - error == pytest.approx(4.9, abs=0.5)
    assert error - low == pytest.approx(4.9, abs=0.5)
    change = bootstrap.change_cell(second, first, "held_out", 1)
    expected = 100 * ((~worse).mean() / (~right).mean() - 1)
    assert change.startswith(f"{expected:+.1f} % (+")
    # Paired: the same images in both, so that the interval leaves out 0.
    assert bootstrap.change_cell(first, first, "held_out", 1) == ""
    command = ["bootstrap", str(path), "--against", "variant=baseline"]
    monkeypatch.setattr("sys.argv", command)
    bootstrap.main()
    table = capsys.readouterr().out
    assert cell in table
    assert change in table


def test_rows_are_of_the_same_images_and_tree():
    right = np.arange(40) % 2 > 0
    first = hit_line(0, "baseline", right)
    of_old = hit_line(1, "baseline", right)
    lines = [first | {"images_digest": "1a", "hierarchy_digest": "1a"}, of_old]
    assert len(bootstrap.rows_of(lines, "held_out")) == 1
    tree = lines[0] | {"hierarchy_digest": "2b"}
    rows = bootstrap.rows_of([*lines, tree], "held_out")
    assert [len(row.runs) for row in rows] == [1, 1, 1]
    assert bootstrap.change_cell(rows[2], rows[0], "held_out", 1) != ""
    assert bootstrap.matches(rows[2], ["hierarchy_digest=2b"])
    # As many images, but others: none can be paired.
    other = lines[0] | {"images_digest": "2b"}
    rows = bootstrap.rows_of([*lines, other], "held_out")
    assert [len(row.runs) for row in rows] == [1, 1, 1]
    assert bootstrap.change_cell(rows[2], rows[0], "held_out", 1) == ""


def test_a_change_says_of_how_many_seeds_it_is():
    right = np.arange(40) % 2 > 0
    lines = [
        *(hit_line(seed, "hxe", right) for seed in range(3)),
        hit_line(1, "baseline", right),
    ]
    many, one = bootstrap.rows_of(lines, "held_out")
    cell = bootstrap.change_cell(many, one, "held_out", 1)
    assert cell == "+0.0 % (+0.0 to +0.0), 1 of 3 seeds"
    cell = bootstrap.change_cell(one, many, "held_out", 1)
    assert cell == "+0.0 % (+0.0 to +0.0)"


def test_errors_over_classes_that_share_a_group(tmp_path, monkeypatch, capsys):
    # Two cats, which share a group of two, and a van, alone in the other.
    for name in ("n02123045", "n02123159", "n03417042"):
        (tmp_path / "train" / name).mkdir(parents=True)
    right = np.array([True, False, False, False, True, True])
    line = hit_line(0, "baseline", right) | {"classes": 3}
    line["held_out"]["class"]["within16"] = 0.625
    path = tmp_path / "runs.jsonl"
    path.write_text(json.dumps(line))
    command = ["bootstrap", str(path)]
    monkeypatch.setattr("sys.argv", command)
    bootstrap.main()
    assert "| class | 1 | 50.0 (" in (table := capsys.readouterr().out)
    assert "| 50.0 | 62.5 | 1 |" in table
    command += ["--others", "2", "--data", str(tmp_path)]
    monkeypatch.setattr("sys.argv", command)
    bootstrap.main()
    assert "| class | 1 | 75.0 (" in (table := capsys.readouterr().out)
    # Of these alone the line does not have the other two figures.
    assert "|  |  | 1 |" in table
    monkeypatch.setattr("sys.argv", command[:-2])
    with pytest.raises(SystemExit):
        bootstrap.main()
    assert "--others wants --data" in capsys.readouterr().err
    # By another tree the first and the last share a group.
    tree = tmp_path / "tree.csv"
    tree.write_text("n02123045,a\nn02123159,b\nn03417042,a\n")
    monkeypatch.setattr("sys.argv", [*command, "--hierarchy", str(tree)])
    bootstrap.main()
    assert "| class | 1 | 25.0 (" in capsys.readouterr().out


def test_errors_over_such_classes_where_they_have_unlike_many_images(
    tmp_path, monkeypatch, capsys
):
    for name, images in {
        "n02123045": 3,
        "n02123159": 1,
        "n03417042": 2,
    }.items():
        (tmp_path / "train" / name).mkdir(parents=True)
        (tmp_path / "val" / name).mkdir(parents=True)
        for image in range(images):
            (tmp_path / "val" / name / f"{image}.png").touch()
    right = np.array([True, False, True, True, False, False])
    line = hit_line(0, "baseline", right) | {"classes": 3}
    line["val"], line["hits"]["val"] = (
        of.pop("held_out") for of in (line, line["hits"])
    )
    path = tmp_path / "runs.jsonl"
    path.write_text(json.dumps(line))
    command = ["bootstrap", str(path), "--split", "val"]
    command += ["--others", "2", "--data", str(tmp_path)]
    monkeypatch.setattr("sys.argv", command)
    bootstrap.main()
    assert "| class | 1 | 25.0 (" in capsys.readouterr().out
    (tmp_path / "val" / "n03417042" / "more.png").touch()
    with pytest.raises(SystemExit, match=r"about 6 images, and .* has 7"):
        bootstrap.main()


def test_runs_with_labels_at_any_depth(study, folder):
    out = folder / "runs.jsonl"
    command = [
        *small_run(folder, out), "--per-class", 6, "--exact", 2,
        "--optimizer", "sgd", "--learning-rate", 0.01, "--l2", 5e-4,
        "--epochs", 2, "--steps-per-epoch", 3, "--validate-every", 2,
        "--view", "resized", "--cutmix", 0.5,
    ]  # fmt: skip
    ways = [
        "--coarse 2 --exact-share 0.5 --variant pseudo5-distil "
        "--threshold 0.1 --final",
        "--coarse 1 --exact-share 0.5 --variant classes5-distil",
    ]
    for way in ways:
        done = study(*command, *way.split())
        assert done.returncode == 0, done.stderr[-2000:]
    runs = list(map(json.loads, out.read_text().splitlines()))
    assert [run["train_images"] for run in runs[:2]] == [36, 36]
    assert [len(run["curve"]) for run in runs[:2]] == [1, 1]
    assert [len(run["taught_curve"]) for run in runs[:2]] == [2, 0]
    assert all(0 <= share <= 1 for share in runs[0]["taught_curve"])
    for run, figures in ((runs[0], "val"), (runs[1], "held_out")):
        right = ~bootstrap.wrong(run, figures, "class", 1)
        assert len(right) == 12
        error = run[figures]["class"]["top1_error"]
        assert right.mean() == pytest.approx(1 - error)
    taught = ["--coarse", "2", "--exact-share", "0.5", "--keep"]
    done = study(*command, *taught, folder / "kept")
    assert done.returncode == 0, done.stderr[-2000:]
    (rest,) = (folder / "kept").glob("baseline-2-2-epochs2-*-0-rest.npz")
    # Another run of the same name would take the place of this one.
    other = ["--out", folder / "other.jsonl"]
    again = study(*command, *taught, folder / "kept", *other)
    assert "held_out.npz is of another run" in again.stderr
    two = ["--teacher", rest, rest, "--even"]
    done = study(*command, *taught, folder / "next", *two)
    assert done.returncode == 0, done.stderr[-2000:]
    last = json.loads(out.read_text().splitlines()[-1])
    assert last["teacher"] == fingerprint([rest, rest])
    others = study(*command, *taught, folder, "--teacher", rest, "--exact", 3)
    assert "is about other images" in others.stderr
    every = study(*command, "--coarse", 6)
    assert "--coarse 6 tells all 6 classes apart" in every.stderr
    wanting = study(*command, "--variant", "pseudo")
    assert "pseudo wants --coarse and --exact-share" in wanting.stderr
