"""The study on any folder of class folders: what is read, what is refused."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from study.tables.lines import read_lines
from study.tests.study_runs import pets, small_run
from study.training import arguments
from study.training import run as training_run
from study.training.data import (
    Images,
    classes_of,
    crops,
    digest_of,
    hold_out,
    read_split,
)
from study.training.labels import (
    coarse_tree,
    read_hierarchy,
    split_known,
)
from study.training.run import task_of
from study.training.trunks import make_trunk
from study.training.variants import VARIANTS, headed


@pytest.fixture
def folder(tmp_path):
    return pets(tmp_path)


@pytest.fixture
def task(monkeypatch):
    """What a command is about, as far as a run would be told apart by it."""

    def of(*given):
        monkeypatch.setattr("sys.argv", ["training", *map(str, given)])
        return task_of(arguments.parse_arguments(None))

    return of


def test_images_that_are_trained_on_are_no_validation_images(folder):
    flat = folder / "pets" / "train"
    assert classes_of(flat) == tuple("abcdef")
    for data in (flat, folder / "pets"):
        if data != flat:
            shutil.rmtree(data / "val")
            (data / "lists").mkdir()
        with pytest.raises(SystemExit, match="has no val folder"):
            classes_of(data, with_val=True)
    (folder / "pets" / "val").symlink_to("train")
    with pytest.raises(SystemExit, match="has no val folder of its own"):
        classes_of(folder / "pets", with_val=True)
    (folder / "pets" / "val").unlink()
    (folder / "pets" / "lists").rmdir()
    with pytest.raises(SystemExit, match="has no val folder"):
        classes_of(folder / "pets", with_val=True)


def test_what_a_run_cannot_be_about_is_said(folder, task):
    given = small_run(folder, folder / "runs.jsonl")
    nowhere = folder / "nowhere"
    for option in ("--data", "--new-classes"):
        said = f"{option}: .*nowhere is not a folder"
        with pytest.raises(SystemExit, match=said):
            task(*given, option, nowhere)
    said = "Expected --hierarchy imagenet, or a JSON or CSV.*none.csv"
    with pytest.raises(SystemExit, match=said):
        task(*given, "--hierarchy", folder / "none.csv")
    tree = folder / "small.csv"
    tree.write_text("class,shade\na,dark\nb,dark\nc,light\n")
    said = "has no option for it: call them `group1: NAME`"
    with pytest.raises(SystemExit, match=said):
        task(*given, "--hierarchy", tree)
    tree.write_text("a,dark\nb,dark\nc,light\nd,light\ne,light\n")
    said = "with all classes of --data: .*not have: 'f'"
    with pytest.raises(SystemExit, match=f"--hierarchy {said}"):
        task(*given, "--hierarchy", tree)
    with pytest.raises(SystemExit, match=f"--head-tree {said}"):
        task(*given, "--variant", "heads3", "--head-tree", tree)


def test_a_single_class_or_no_image_is_no_data(folder, task):
    data = folder / "few"
    (data / "a").mkdir(parents=True)
    given = [*small_run(folder, folder / "runs.jsonl"), "--data", data]
    with pytest.raises(SystemExit, match=r"--data: .*few hold no images"):
        task(*given)
    shutil.copy(folder / "pets" / "train" / "a" / "0.png", data / "a")
    (data / "train").mkdir()  # a class, for its siblings are such
    with pytest.raises(SystemExit, match=r"no such option: put the class fol"):
        classes_of(data)
    (data / "train").rmdir()
    with pytest.raises(SystemExit, match="holds the class 'a' alone"):
        task(*given)


@pytest.mark.parametrize("content", [b"no image", None])
def test_an_image_that_cannot_be_read_is_named(folder, content):
    path = folder / "pets" / "train" / "c" / "3.png"
    path.write_bytes(content or path.read_bytes()[:500])
    with pytest.raises(SystemExit, match=r"c/3\.png cannot be read as an im"):
        read_split(folder / "pets", "train", 36, folder / "cache")


def test_a_link_to_no_image_and_too_large_a_one_are_named(folder, monkeypatch):
    data = folder / "pets"
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 40 * 36 // 2 - 1)
    with pytest.raises(SystemExit, match=r"a/0\.png cannot be read as an im"):
        read_split(data, "train", 36, folder / "cache")
    (data / "train" / "c" / "3.png").unlink()
    (data / "train" / "c" / "3.png").symlink_to("nowhere")
    with pytest.raises(SystemExit, match=r"c/3\.png cannot be read: .*Mend it"):
        digest_of(data, "train")


def test_what_is_asked_last_is_read_before_the_training(
    folder, task, monkeypatch
):
    monkeypatch.setattr(training_run, "make_model", None)
    given = small_run(folder, folder / "runs.jsonl")
    tree = folder / "tree.csv"
    tree.write_text(tree.read_text() + "g,light\n")
    (folder / "new" / "g").mkdir(parents=True)
    (folder / "pets" / "val" / "b" / "0.png").write_bytes(b"no image")
    with pytest.raises(SystemExit, match="new hold no images"):
        task(*given, "--new-classes", folder / "new")
    about = task(*given, "--final")
    with pytest.raises(SystemExit, match=r"b/0\.png cannot be read"):
        training_run.run(arguments.parse_arguments(None), about)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("--seed -1", "--seed of 0 or more, got -1"),
        ("--epochs 0", "--epochs of 1 or more, got 0"),
        ("--hold-out 0", "--hold-out of 1 or more, got 0"),
        ("--learning-rate nan", "--learning-rate of 0 or more, got nan"),
        ("--l2 -1 --optimizer sgd", "--l2 of 0 or more, got -1"),
        ("--label-smoothing 1", "--label-smoothing of less than 1, got 1"),
        ("--exact -1", "--exact of 1 or more, got -1"),
        ("--exact 5 --coarse 2 --coarse-count 0", "--coarse-count of 1"),
        ("--crop 65", "--crop of at most --image-size 64, got 65"),
        ("--exact 5 --cutmix 2", "a share of the batches, of 0 to 1, got 2"),
        ("--exact 5 --coarse 2 --exact-share 1", "in a batch of 64, got 1"),
        ("--exact 5 --coarse 2 --exact-share 0.001", "in a batch of 64"),
        ("--exact 5 --coarse-count 3", "--coarse-count wants --coarse G"),
        ("--exact 5 --exact-share 0.5", "--exact-share wants --coarse G"),
        ("--exact 5 --logdir logs", "--logdir is not for --exact"),
        ("--exact 5 --coarse 2 --exact-share nan", "in a batch of 64, got nan"),
        ("--crop 28", "--crop of 32 or more, which AlexNet needs, got 28"),
        ("--width 0", "--width of more than 0, got 0"),
        ("--width nan", "--width of more than 0, got nan"),
        ("--dropout 1", "--dropout of less than 1, got 1"),
        ("--learning-rate inf", "--learning-rate of a number, got inf"),
        ("--seed 4294967296", "--seed of less than 2^32, got 4294967296"),
        ("--keep k --keep-at 3 9 --epochs 8", "from 1 to 8, got 9"),
        ("--keep k --keep-at 0", "--keep-at of epochs from 1 to 40, got 0"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(
    monkeypatch, capsys, given, said
):
    command = f"training --data d --out o {given}"
    monkeypatch.setattr("sys.argv", command.split())
    with pytest.raises(SystemExit):
        arguments.parse_arguments(None)
    assert said in capsys.readouterr().err


def test_where_nothing_can_be_written_or_made_is_said_first(
    folder, task, monkeypatch
):
    given = small_run(folder, folder / "runs.jsonl")
    monkeypatch.setattr(training_run, "read_split", None)

    def refused(*more):
        found = task(*given, *more)
        args = arguments.parse_arguments(None)
        with pytest.raises(SystemExit) as said:
            training_run.run(args, found)
        return str(said.value)

    file = folder / "tree.csv"
    for option in ("--out", "--backup", "--keep", "--logdir", "--cache"):
        place = file / "runs.jsonl" if option == "--out" else file
        assert refused(option, place).startswith(f"{option}: {file} is no fold")
    assert "mixed_bfloat16, got 'half'" in refused("--precision", "half")
    with pytest.raises(SystemExit, match="--stem-stride 40 leaves no place"):
        make_trunk("batch", 6, 32, 0.05, 0.5, stem_stride=40)


def test_a_line_that_was_cut_off_is_named(tmp_path):
    file = tmp_path / "runs.jsonl"
    file.write_text('{"seed": 0}\n{"seed": ')
    with pytest.raises(SystemExit, match=r"of .*runs\.jsonl.* line 2 is none"):
        read_lines([file])
    with pytest.raises(SystemExit, match=r"none\.jsonl cannot be read"):
        read_lines([tmp_path / "none.jsonl"])
    file.write_text('{"seed": 0}\n3\n')
    with pytest.raises(SystemExit, match=r"line 2 is none \(no object\)"):
        read_lines([file])
    file.write_text('\n{"seed": 0}\n\n')
    assert read_lines([file, file]) == [{"seed": 0}, {"seed": 0}]


def test_a_line_that_was_cut_off_takes_no_other_along(tmp_path):
    file = tmp_path / "new" / "runs.jsonl"
    training_run.append(file, {"seed": 0})
    training_run.append(file, {"seed": 1})
    assert file.read_text() == '{"seed": 0}\n{"seed": 1}\n'
    file.write_text('{"seed": 0}\n{"see')
    training_run.append(file, {"seed": 2})
    assert file.read_text() == '{"seed": 0}\n{"see\n{"seed": 2}\n'


@pytest.mark.parametrize("name", ["both-strong", "both5-distil"])
def test_two_heads_that_would_name_the_same_are_said(folder, name):
    tree = read_hierarchy(str(folder / "tree.csv"), tuple("abcdef"))
    trunk = make_trunk("batch", 6, 32, 0.05, 0.5)
    with pytest.raises(SystemExit, match="would name the same 6 groups"):
        headed(trunk, VARIANTS[name], tree, 0)


@pytest.mark.parametrize("name", ["tree-marginal", "complement"])
def test_losses_of_few_classes_cut_them_as_far_as_they_go(folder, name):
    tree = read_hierarchy(str(folder / "tree.csv"), tuple("abcdef"))
    loss = VARIANTS[name].loss(tree)
    right, wrong = (
        float(loss(np.array([0]), np.array([[score, 0, 0, 0, 0, 0.0]])))
        for score in (9, -9)
    )
    assert right < wrong


def test_classes_mean_the_same_in_both_splits(folder):
    data = folder / "pets"
    assert classes_of(data, with_val=True) == tuple("abcdef")
    shutil.rmtree(data / "val" / "b")
    with pytest.raises(SystemExit, match=r"other classes: 1 .* such as 'b'"):
        classes_of(data, with_val=True)
    (data / "val" / "b").mkdir()
    with pytest.raises(SystemExit, match="b holds no images"):
        read_split(data, "validation", 36, folder / "cache")


def test_other_images_of_the_same_names_are_read(folder):
    first = read_split(folder / "pets", "train", 36, folder / "cache")
    shutil.copytree(folder / "pets", folder / "other" / "pets")
    path = folder / "other" / "pets" / "train" / "a" / "0.png"
    Image.new("RGB", (40, 36), (9, 9, 9)).save(path)
    other = read_split(folder / "other" / "pets", "train", 36, folder / "cache")
    assert (other.pixels[0] == 9).all()
    np.testing.assert_array_equal(other.pixels[1:], first.pixels[1:])
    again = read_split(folder / "pets", "train", 36, folder / "cache")
    np.testing.assert_array_equal(again.pixels, first.pixels)


def test_greys_of_16_bits_keep_their_upper_8(folder):
    for image in (folder / "pets" / "train").rglob("*.png"):
        Image.fromarray(np.full((40, 36), 100 * 256, np.uint16)).save(image)
    found = read_split(folder / "pets", "train", 36, folder / "cache")
    assert (found.pixels == 100).all()


def test_runs_on_other_images_trees_or_precisions_are_others(folder, task):
    given = small_run(folder, folder / "runs.jsonl")
    first = task(*given).wanted
    assert arguments.is_same(first, task(*given).wanted)
    older = {k: v for k, v in first.items() if k not in arguments.PROVENANCE}
    assert arguments.is_same(older, first)
    assert not arguments.is_same(
        first, task(*given, "--precision", "mixed_bfloat16").wanted
    )
    final = task(*given, "--final").wanted
    of_old = {k: v for k, v in final.items() if k != "val_digest"}
    (folder / "pets" / "val" / "a" / "0.png").unlink()
    assert not arguments.is_same(final, task(*given, "--final").wanted)
    assert arguments.is_same(of_old, task(*given, "--final").wanted)
    # Without --final they are not asked.
    assert arguments.is_same(first, task(*given).wanted)
    tree = folder / "tree2.csv"
    tree.write_text("a,dark\nb,dark\nc,light\nd,light\ne,light\nf,dark\n")
    given[given.index(folder / "tree.csv")] = tree
    assert not arguments.is_same(first, task(*given).wanted)
    (folder / "pets" / "train" / "a" / "0.png").unlink()
    found = task(*small_run(folder, folder / "runs.jsonl")).wanted
    assert not arguments.is_same(first, found)


def test_too_few_images_are_said(folder):
    images = read_split(folder / "pets", "train", 36, folder / "cache")
    with pytest.raises(SystemExit, match="Class 'a' has 6 images beside the 2"):
        hold_out(images, 2, 7)
    assert len(hold_out(images, 2, 6)[0].labels) == 36
    with pytest.raises(SystemExit, match=r"48 images .* make no batch of 49"):
        next(crops(images, 32, 49, 0, lambda labels: labels))
    next(crops(images, 32, 48, 0, lambda labels: labels))
    of_class = np.full(6, 7)
    with pytest.raises(SystemExit, match=r"Class 'a' .* for --coarse-count 7"):
        split_known(images, 2, of_class, 7)
    exact, coarse = split_known(images, 2, of_class, 6)
    assert (len(exact.labels), len(coarse.labels)) == (12, 36)


def test_coarse_labels_are_coarse(folder):
    tree = read_hierarchy(str(folder / "tree.csv"), tuple("abcdef"))
    assert len(np.unique(coarse_tree(tree, "2", 0)[1])) == 2
    with pytest.raises(SystemExit, match=r"--coarse 16: .*16"):
        coarse_tree(tree, "16", 0)


def test_a_table_may_have_more_classes(folder):
    path = folder / "tree.csv"
    tree = read_hierarchy(str(path), ("b", "e", "f"))
    assert tree.classes == ("b", "e", "f")
    assert tree.cut(groups=2).of_class.tolist() == [0, 1, 1]
    path.write_text("class,label,group1\nb,0,dark\ne,1,light\nf,2,light\n")
    assert read_hierarchy(str(path), ("b", "e", "f")).classes == ("b", "e", "f")


def test_labels_at_any_depth_have_a_table_of_their_own(monkeypatch, tmp_path):
    from study.tables.variants import print_table

    path = tmp_path / "runs.jsonl"
    line = {"exact": 25, "variant": "baseline"}
    said = r"study\.tables\.bootstrap prints a table"
    path.write_text(json.dumps(line))
    with pytest.raises(SystemExit, match=rf"{said}\.$"):
        print_table([path], "held_out")
    path.write_text(json.dumps(line | {"new": {}}))
    of_new = r"and of new classes study\.tables\.new_classes"
    with pytest.raises(SystemExit, match=rf"{said}, {of_new}\.$"):
        print_table([path], "held_out")


def test_a_batch_of_all_images_has_each_once():
    images = Images(np.zeros((4, 8, 8, 3), np.uint8), np.arange(4))
    batches = crops(images, 8, 4, 0, lambda labels: labels)
    for _ in range(2):
        assert sorted(next(batches)[1]) == [0, 1, 2, 3]
