"""Trees of CSV files: the same tree from every variant, what is refused."""

import numpy as np
import pytest

from keras_hier.hierarchy import Hierarchy, HierarchyError

TREE = Hierarchy.from_paths(
    [
        ("vehicle", "bus"),
        ("animal", "dog", "husky"),
        ("animal", "dog", "pug"),
        ("animal", "tabby"),
    ]
)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (
            "class,label,group1,group2\npug,2,animal,dog\nhusky,1,animal,dog\n"
            "tabby,3,animal,\nbus,0,vehicle,\n",
            {},
        ),
        (  # the header says the reverse
            "class,label,group2,group1\npug,2,dog,animal\nhusky,1,dog,animal\n"
            "tabby,3,,animal\nbus,0,,vehicle\n",
            {},
        ),
        (  # no header: an argument says it; labels are those of classes=
            "pug,animal,dog\nhusky,animal,dog\ntabby,animal,\nbus,vehicle,\n",
            {"order": "coarse_to_fine", "classes": TREE.classes},
        ),
        (
            "class,kind,order\npug,dog,animal\nhusky,dog,animal\n"
            "tabby,,animal\nbus,,vehicle\n",
            {"groups": ["order", "kind"], "classes": TREE.classes},
        ),
        (  # named in the other order, and a column that is not named
            "class,images,Kind,order\npug,9,dog,animal\nhusky,7,dog,animal\n"
            "tabby,5,,animal\nbus,,,vehicle\n",
            {
                "groups": ["kind", " Order"],
                "order": "fine_to_coarse",
                "classes": TREE.classes,
            },
        ),
        (  # as spreadsheets write it where commas are decimal points
            '"class";label;"Group 1";group_2;;\npug;2;animal;dog;;\n'
            "husky;1;animal;dog;;\ntabby;3;animal;;;\nbus;0;vehicle;;;\n",
            {},
        ),
        (  # tabs
            "class\tgroup1\tgroup2\npug\tanimal\tdog\nhusky\tanimal\tdog\n"
            "tabby\tanimal\t\nbus\tvehicle\t\n",
            {"classes": TREE.classes},
        ),
        (  # a byte order mark, blank lines, blanks around cells
            "\ufeffclass, group1, group2\n\npug , animal, dog\n"
            "husky,animal,dog\ntabby,animal,\nbus,vehicle,\n\n",
            {"classes": TREE.classes},
        ),
    ],
)
def test_csv_variants_are_one_tree(tmp_path, text, options):
    file = tmp_path / "classes.csv"
    file.write_text(text, "utf-8")
    tree = Hierarchy.from_csv(file, **options)
    assert tree.classes == TREE.classes
    np.testing.assert_array_equal(tree.lca_distance(), TREE.lca_distance())
    assert set(tree.node_ids) == set(TREE.node_ids)


def test_csv_names_are_for_display(tmp_path):
    file = tmp_path / "classes.csv"
    file.write_text("class,name,group1\nn1,crane,bird\nn2,,machine\n")
    tree = Hierarchy.from_csv(file, classes=["n2", "n1"])
    assert tree.classes == ("n2", "n1")
    assert tree.names == ("n2", "crane")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "is empty"),
        (
            'class,label,group1\n\npug,0,dog\nhusky,1,"dog\ntabby,2,cat\n',
            {},
            "line 4: no quotation mark closes one that opens there",
        ),
        (
            "class,label,group1,,\npug,0,dog,9,\nbus,1,car,8,\n",
            {},
            "may be groups or not: ''",
        ),
        (
            "class,group1\npug,dog\n\n,\nhusky,dog\nbus\n",
            {},
            "line 6: expected 2 cells, as in the first line, got 1",
        ),
        ("pug,animal,dog\n", {"classes": ["pug"]}, "in Python pass order"),
        ("pug,a,b\n", {"order": "down", "classes": ["pug"]}, "got 'down'"),
        ("class,group1\npug,dog\n", {}, "classes="),
        ("class,group1\npug,dog\n", {"classes": ["bus"]}, "'bus'.*'pug'"),
        ("class,label\na,0\nb,2\n", {}, r"0\.\.1, each once"),
        ("class,label\na,0\nb,x\n", {}, "each once"),
        ("class,label\na,0\nb,1\n", {"classes": ["b", "a"]}, "differently"),
        ("class,group1\na,g\nb,g\na,g\n", {}, "csv: the class 'a' appears"),
        ("class,label\na,0\na,1\n", {}, "'a' appears twice. A class has one"),
        ("class,group1\n,g\n", {"classes": ["a"]}, "''"),
        (
            "class,group1,group2\na,g,h\nb,k,h\n",
            {"classes": ["a", "b"]},
            "'h' has two parents, 'g' and 'k'",
        ),
        (
            "class,label,images\na,0,500\nb,1,480\n",
            {},
            r"may be groups or not: 'images'\. .*groups=\['images'\]",
        ),
        (
            "class,superclass,domain\na,s,d\nb,t,d\n",
            {"order": "fine_to_coarse", "classes": ["a", "b"]},
            r"'superclass', 'domain'.*groups=\['domain', 'superclass'\].*"
            "--groups-are domain,superclass; ",
        ),
        ("class,x\na,g\n", {"groups": ["y"]}, "called 'y'; it has 'x'"),
        ("class,x\na,g\n", {"groups": ["x", "X"]}, "twice: 'x', 'x'"),
        ("class,x\na,g\n", {"groups": "x"}, "got the str 'x'"),
        ("class,x\na,g\n", {"groups": ["x"], "order": "up"}, "got 'up'"),
        ("a,g\n", {"groups": ["g"]}, "header must begin with `class`"),
        ("label,class\n0,a\n", {}, "begin with `class`.*'label', 'class'"),
        ("class,id\na,x\n", {}, "2 columns of class ids"),
        ("class,label,label\na,0,0\n", {}, "two columns called 'label'"),
        (
            # The cells tell more than how many values a column has.
            "class,family,order\na,f,s\nb,f,s\nc,,t\n",
            {"classes": ["a", "b", "c"]},
            r"groups=\['order', 'family'\].*--groups-are order,family",
        ),
        (
            "class,superclass\na,s\nb,t\n",
            {"classes": ["a", "b"]},
            "header=True says so.*nor `group1: superclass`",
        ),
        (
            "class,x\na,g\n",
            {"groups": ["x"], "header": True},
            "pass one of the two",
        ),
        ("a,g\n", {"header": True}, "header must begin with `class`"),
        (
            "class,label,x,y\na,0,s,d\nb,1,s,e\nc,2,t,d\n",
            {"header": True},
            "do not tell whether 'x' or 'y' is the coarser",
        ),
        (
            "class,label,group1 name\na,0,s\n",
            {},
            "may be groups or not: 'group1 name'",
        ),
        (
            "class,label,group1,group1 name\na,0,s,S\nb,1,s,T\n",
            {},
            "calls 's' both 'S' and 'T'",
        ),
    ],
)
def test_bad_csv_is_named(tmp_path, text, options, message):
    file = tmp_path / "classes.csv"
    file.write_text(text)
    with pytest.raises(HierarchyError, match=message):
        Hierarchy.from_csv(file, **options)


def test_columns_that_are_no_groups_are_left_out_when_that_is_said(tmp_path):
    file = tmp_path / "classes.csv"
    file.write_text("class,label,images\na,0,500\nb,1,480\n")
    tree = Hierarchy.from_csv(file, groups=[])
    assert tree.node_names == ("all classes", "a", "b")


def test_other_encodings_are_named(tmp_path):
    file = tmp_path / "classes.csv"
    file.write_bytes("class,label\ncat,0\ncafé,1\n".encode("latin-1"))
    with pytest.raises(HierarchyError, match=r"line 3: expected UTF-8.*0xe9"):
        Hierarchy.from_csv(file)
    file.write_bytes("class,label\ncat,0\n".encode("utf-16"))
    with pytest.raises(HierarchyError, match=r"line 1: expected UTF-8.*0xff"):
        Hierarchy.from_csv(file)
    file.write_bytes(TREE.to_json().encode("utf-16"))
    with pytest.raises(HierarchyError, match=r"Not a hierarchy.*UTF-8"):
        Hierarchy.load(file)
    file.write_text("class,group1\npug,dog\n")
    with pytest.raises(HierarchyError, match=r"from_csv\(path\) for a CSV"):
        Hierarchy.load(file)
