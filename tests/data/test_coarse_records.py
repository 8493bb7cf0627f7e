"""Records and folders of which some are named by a group of classes."""

import io
import json
import shutil

import pytest
import tensorflow as tf
from PIL import Image
from record_files import write_records

import keras_hier as kh
from keras_hier import cli

TREE = kh.Hierarchy.from_paths(
    [
        ("insect", "bee"),
        ("insect", "ant"),
        ("pet", "cat"),
        ("pet", "dog", "pug"),
        ("pet", "dog", "dog"),
    ]
)
NODES = kh.NodeLabels(TREE)
ROOT, INSECT, PET, DOG = range(5, 9)
FOLDERS = {
    "ant": 1,
    "bee": 0,
    "dog (group)": DOG,
    "dog (itself)": 4,
    "insect": INSECT,
    "pet": PET,
}
CSV = (
    "class,group1,group2\n"
    "bee,insect,\nant,insect,\ncat,pet,\npug,pet,dog\ndog,pet,dog\n"
)


@pytest.fixture
def mixed(tmp_path):
    """Two images in each folder, classes and groups alike."""
    for number, name in enumerate(FOLDERS):
        folder = tmp_path / "images" / name
        folder.mkdir(parents=True)
        for image in range(2):
            colour = (40 * number, 10 * image, 90)
            Image.new("RGB", (20, 20), colour).save(folder / f"{image}.png")
    return tmp_path


@pytest.fixture
def write_file(tmp_path):
    return lambda *of: write_records(tmp_path / "other" / "train-0", of)


def write(mixed, **options):
    return kh.data.write_records(
        mixed / "images",
        mixed / "records",
        shards=2,
        workers=1,
        progress=False,
        **options,
    )


def read(mixed, **options):
    """The labels of records by the file that they come from."""
    data = kh.data.imagenet(
        mixed / "records" / "train-*", 16, 4, ids=True, **options
    )
    return {
        name.decode(): int(label)
        for _, labels, names in data
        for label, name in zip(labels.numpy(), names.numpy(), strict=True)
    }


def recorded(mixed):
    """The different class ids and integers in the records themselves."""
    files = sorted(map(str, (mixed / "records").glob("train-*")))
    found = set()
    for record in tf.data.TFRecordDataset(files).as_numpy_iterator():
        feature = tf.train.Example.FromString(record).features.feature
        name = feature["image/class/synset"].bytes_list.value[0].decode()
        found.add((name, feature["image/class/label"].int64_list.value[0]))
    return found


FILE = io.BytesIO()
Image.new("RGB", (20, 20)).save(FILE, "PNG")
PIXELS = FILE.getvalue()
EXPECTED = {
    f"{name}/{image}.png": label
    for name, label in FOLDERS.items()
    for image in range(2)
}


def test_records_of_groups_have_the_labels_of_nodes(mixed):
    summary = write(mixed, hierarchy=TREE)
    assert summary.classes == TREE.classes
    listed = json.loads((mixed / "records" / "classes.json").read_text())
    assert listed == list(TREE.classes)
    assert read(mixed, hierarchy=TREE) == EXPECTED
    # A label from 1 as the schema has it, and the class id or the folder.
    expected = {(name, label + 1) for name, label in FOLDERS.items()}
    expected -= {("dog (itself)", 5)}
    assert recorded(mixed) == expected | {("dog", 5)}


def test_records_written_without_a_tree_can_be_read_with_one(mixed):
    write(mixed)
    assert read(mixed, hierarchy=TREE) == EXPECTED
    with pytest.raises(ValueError, match=r"dog \(group.* pass hierarchy="):
        read(mixed, classes=TREE.classes)


def test_the_command_takes_a_tree(mixed, capsys):
    tree = mixed / "tree.csv"
    tree.write_text(CSV)
    command = ["records", str(mixed / "images"), str(mixed / "records")]
    options = ["--shards", "2", "--workers", "1", "--hierarchy", str(tree)]
    assert cli.main(command + options) == 0
    said = capsys.readouterr().out
    assert "12 images of 5 classes" in said
    # Three folders of classes, three of groups.
    assert "; of the 12 images in folders 6 known as a group only" in said
    ordered = kh.Hierarchy.from_csv(tree, classes=sorted(TREE.classes))
    found = read(mixed, hierarchy=ordered)
    names = kh.NodeLabels(ordered)
    assert {n: names.by_name[n.split("/")[0]] for n in found} == found
    # Another tree does not mix with what is there.
    with pytest.raises(ValueError, match=r"other classes"):
        write(mixed, hierarchy=TREE)


def test_exact_labels_alone_are_read_without_the_tree(mixed):
    for group in ("dog (group)", "insect", "pet"):
        shutil.rmtree(mixed / "images" / group)
    assert write(mixed, hierarchy=TREE).grouped == 0
    exact = {name: n for name, n in EXPECTED.items() if n < 5}
    assert read(mixed) == read(mixed, hierarchy=TREE) == exact


def test_a_group_of_a_single_class_is_that_class(mixed, capsys):
    tree = kh.Hierarchy.from_paths(
        [*(("pet", "cat", "tabby"), ("pet", "pug")), ("insect", "ant", "ant")]
    )
    shutil.rmtree(mixed / "images")
    for name in ("cat", "pug", "pet", "ant", "insect"):
        (mixed / "images" / name).mkdir(parents=True)
        file = mixed / "images" / name / "0.png"
        Image.new("RGB", (20, 20)).save(file)
    (mixed / "tree.json").write_text(tree.to_json())
    command = ["records", str(mixed / "images"), str(mixed / "records")]
    options = ["--workers", "1", "--hierarchy", str(mixed / "tree.json")]
    assert cli.main(command + options) == 0
    said = capsys.readouterr().out
    assert "; of the 5 images in folders 1 known as a group only" in said
    pet = tree.node_label("pet")
    assert recorded(mixed) == {
        *(("tabby", 1), ("pug", 2), ("ant", 3), ("pet", pet + 1))
    }
    exact = {"cat/0.png": 0, "pug/0.png": 1, "ant/0.png": 2, "insect/0.png": 2}
    found = read(mixed, hierarchy=tree)
    assert found == {**exact, "pet/0.png": pet}


def test_without_the_tree_an_error_names_it(mixed, write_file):
    write(mixed, hierarchy=TREE)
    said = r"one of the 5 class ids; ids of groups need `hierarchy=`"
    with pytest.raises(tf.errors.InvalidArgumentError, match=said):
        read(mixed)
    path = write_file({"image": PIXELS, "label": 8})
    options = {"classes": TREE.classes, "label_offset": 0}
    data = kh.data.imagenet(path, 16, 1, **options)
    said = "from 0 to 4; labels of groups need `hierarchy=`"
    with pytest.raises(tf.errors.InvalidArgumentError, match=said):
        list(data)


def test_a_long_id_is_cut(write_file):
    name = b"y" * 300_000
    path = write_file({"image/encoded": PIXELS, "image/class/synset": name})
    for options in ({"classes": TREE.classes}, {"hierarchy": TREE}):
        data = kh.data.imagenet(path, 16, 1, **options)
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            list(data)
        assert "y" * 80 in str(caught.value)
        assert "y" * 81 not in str(caught.value)


def test_long_names_in_a_list_of_classes_are_cut(mixed):
    write(mixed, hierarchy=TREE)
    listed = mixed / "records" / "classes.json"
    listed.write_text(json.dumps(["y" * 300_000, *TREE.classes]))
    with pytest.raises(ValueError, match="not in `classes`") as caught:
        read(mixed, classes=TREE.classes)
    assert len(str(caught.value)) < 800


def test_a_folder_that_is_class_and_group_says_what_to_do(mixed):
    (mixed / "images" / "dog (group)").rename(mixed / "images" / "dog")
    message = r"'dog' is both .* say 'dog \(itself\)' .* 'dog \(group\)'"
    with pytest.raises(kh.HierarchyError, match=message):
        write(mixed, hierarchy=TREE)
    write(mixed)
    with pytest.raises(kh.HierarchyError, match=message):
        read(mixed, hierarchy=TREE)
    (mixed / "records" / "classes.json").unlink()
    message = r"dog\S+ is both .* where classes.json .* lists all classes"
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        read(mixed, hierarchy=TREE)


def test_a_class_called_as_its_group_is_read_in_another_order(mixed):
    write(mixed, hierarchy=TREE)
    other = kh.Hierarchy.from_paths(
        [
            ("pet", "dog", "dog"),
            ("pet", "dog", "pug"),
            ("pet", "cat"),
            ("insect", "ant"),
            ("insect", "bee"),
        ]
    )
    nodes = kh.NodeLabels(other)
    for name, label in read(mixed, hierarchy=other).items():
        folder = name.rpartition("/")[0]
        assert label == nodes.label(folder), name


def test_a_class_is_one_where_the_list_has_all_classes_and_no_group(mixed):
    for group in ("dog (group)", "insect", "pet"):
        shutil.rmtree(mixed / "images" / group)
    images = mixed / "images"
    (images / "dog (itself)").rename(images / "dog")
    for name in ("pug", "cat"):
        shutil.copytree(images / "dog", images / name)
    write(mixed)
    found = read(mixed, hierarchy=TREE)
    assert {TREE.classes[n] for n in found.values()} == set(TREE.classes)
    for name, label in found.items():
        assert TREE.classes[label] == name.partition("/")[0]


def test_a_folder_of_no_node_is_refused(mixed):
    (mixed / "images" / "pet").rename(mixed / "images" / "pets")
    with pytest.raises(kh.HierarchyError, match=r"'pets'.*'pet'.*class below"):
        write(mixed, hierarchy=TREE)
    assert not (mixed / "records").exists()


def test_classes_must_be_those_of_the_tree(mixed):
    write(mixed, hierarchy=TREE)
    with pytest.raises(ValueError, match="differ, or are in another order"):
        read(mixed, hierarchy=TREE, classes=sorted(TREE.classes))


def test_integers_of_nodes(mixed, write_file):
    path = write_file(*({"image": PIXELS, "label": n} for n in (0, 8)))
    data = kh.data.imagenet(path, 16, 2, hierarchy=TREE, label_offset=0)
    assert [n for _, batch in data for n in batch.numpy()] == [0, DOG]
    path = write_file({"image": PIXELS, "label": 9})
    data = kh.data.imagenet(path, 16, 1, hierarchy=TREE, label_offset=0)
    with pytest.raises(tf.errors.InvalidArgumentError, match="from 0 to 8"):
        list(data)
