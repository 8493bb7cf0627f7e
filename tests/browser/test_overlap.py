"""Comparisons of other trees, other orders of labels, other classes."""

import itertools
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen, saved

import keras_hier as kh
from tests.support.serving import tensorboard

KINDS = {
    "fruit": ["apple", "pear", "plum"],
    "drink": ["juice", "milk", "tea"],
    "bread": ["bun", "roll", "toast"],
    "spice": ["mint", "salt", "thyme"],
}
BRANDS = {
    "north": ["thyme", "milk", "apple", "bun", "salt", "toast"],
    "south": ["tea", "plum", "roll", "mint", "pear", "juice"],
}
CLASSES = [name for names in KINDS.values() for name in names]
# Without bread and thyme, but with meat.
OTHERS = {
    "food": ["apple", "pear", "plum", "mint", "salt"],
    "drink": ["juice", "milk", "tea"],
    "meat": ["beef", "ham"],
}
EACH = 60


def counts(seed: int, size: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rates = np.full((size, size), 0.25 / (size - 1))
    np.fill_diagonal(rates, 0.75)
    return rng.multinomial(EACH, rates)


def by_name(tree: kh.Hierarchy, matrix: np.ndarray) -> dict:
    """Cells by the names of their classes."""
    names = tree.classes
    return {
        (names[i], names[j]): int(matrix[i, j])
        for i in range(len(names))
        for j in range(len(names))
    }


ONE = kh.Hierarchy.from_nested(KINDS, classes=CLASSES)
TREES = {
    "one": ONE,
    "two": kh.Hierarchy.from_nested(BRANDS, classes=sorted(CLASSES)[::-1]),
    "meat": kh.Hierarchy.from_nested(
        OTHERS, classes=sorted(itertools.chain(*OTHERS.values()))
    ),
    "none": kh.Hierarchy.from_paths([("x", "a"), ("x", "b"), ("<i>y", "<b>c")]),
}
MATRICES = {
    name: counts(seed, tree.num_classes)
    for seed, (name, tree) in enumerate(TREES.items())
}
# Tea for a bun: two groups of one name and size that hold other classes.
EXCHANGED = kh.Hierarchy.from_nested(
    KINDS
    | {"drink": ["juice", "milk", "bun"], "bread": ["tea", "roll", "toast"]},
    classes=CLASSES,
)
# Buns and rolls, which meat does not know, are one thing.
CROSSED = MATRICES["one"].copy()
BUN, ROLL = CLASSES.index("bun"), CLASSES.index("roll")
for here, there in ((BUN, ROLL), (ROLL, BUN)):
    CROSSED[here, there] += CROSSED[here, here] // 2
    CROSSED[here, here] -= CROSSED[here, here] // 2
# As people call their runs.
LONG = {
    "one": "resnet50_imagenet_warm_restarts_lr0.05_batch256_seed1",
    "meat": "resnet50_imagenet_warm_restarts_lr0.1_batch256_seed1",
}
SHARED = [name for name in CLASSES if name in TREES["meat"].classes]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("overlap")
    # The same answers under the other tree, in its order of labels, once with
    # all bread right.
    cells = by_name(ONE, MATRICES["one"])
    for name in KINDS["bread"]:
        for other in CLASSES:
            cells[name, other] = EACH if name == other else 0
    names = TREES["two"].classes
    MATRICES["two"] = np.array([[cells[i, j] for j in names] for i in names])
    for name, tree in TREES.items():
        with kh.BlocksWriter(folder / name, tree) as log:
            log.matrix(MATRICES[name], 1)
    for name in ("one", "meat"):
        with kh.BlocksWriter(folder / f"long {name}", TREES[name]) as log:
            for step in (1, 2):
                log.matrix(MATRICES[name], step)
    with kh.BlocksWriter(folder / "crossed", ONE) as log:
        log.matrix(CROSSED, 1)
    for name, called in LONG.items():
        with kh.BlocksWriter(folder / called, TREES[name]) as log:
            for step in (1, 2):
                log.matrix(MATRICES[name], step)
    for name, tree in (("heads", ONE), ("exchanged", EXCHANGED)):
        groups = tree.cut(groups=4)
        with kh.BlocksWriter(folder / name, tree) as log:
            counted = groups.aggregate(MATRICES["one"])
            log.matrix(counted, 1, output="kinds", grouping=groups)
    with tensorboard(folder, tensorflow=False) as server:
        for name in ("heads", "exchanged"):
            server.wait(f"{name}/validation", 1, output="kinds")
        for name in (*TREES, "crossed"):
            server.wait(f"{name}/validation", 1)
        for name in LONG.values():
            server.wait(f"{name}/validation", 2)
        for name in ("one", "meat"):
            server.wait(f"long {name}/validation", 2)
        yield server


def open_screen(page, server, other, shown="one", **view):
    return Screen(
        page,
        server.url,
        run=f"{shown}/validation",
        **{"with": f"{other}/validation"},
        **view,
    )


def test_two_trees_over_the_same_classes(page, server):
    screen = open_screen(page, server, "two").ready()
    said = screen.says("caption", "two − one", "errors: one")
    assert "shared" not in said
    wrong = [m.sum() - np.trace(m) for m in map(MATRICES.get, ("one", "two"))]
    assert f"errors: one {wrong[0]}, two {wrong[1]}" in said
    # Under the tree that is shown: groups by kind.
    expect(
        screen.find("tree-actual").locator('[aria-label^="bread, "]')
    ).to_have_count(1)
    screen.has_no("mismatch")


def test_groups_of_another_tree_are_tested(page, server):
    screen = open_screen(page, server, "two", rows="bread").ready()
    # By the server, which finds the classes by their ids.
    screen.says("group-test", "points, p < 0.001")
    screen = open_screen(page, server, "two", rows="drink").ready()
    screen.says("group-test", "p = 1")


def test_sets_that_overlap(page, server):
    screen = open_screen(page, server, "meat").ready()
    said = screen.says(
        "caption",
        "8 of 12 classes shared; 4 only here, 2 only there",
        "tested by counts of the shared",
    )
    here, there = (
        by_name(TREES[name], MATRICES[name]) for name in ("one", "meat")
    )

    def wrong(cells, inside=lambda name: True):
        return sum(
            count
            for (row, column), count in cells.items()
            if row in SHARED and row != column and inside(column)
        )

    assert f"errors: one {wrong(here)}, meat {wrong(there)}" in said
    # What is named out there is left out of the cells, and counted.
    away = [
        wrong(cells, lambda name: name not in SHARED) for cells in (here, there)
    ]
    expect(screen.find("caption")).to_have_attribute(
        "title",
        re.compile(
            rf"left out: one {away[0]}, meat {away[1]} "
            r"\(classes not shared\)"
        ),
    )
    screen.says("other", "other")
    screen.has_no("mismatch")


def test_a_class_that_is_not_shared_is_said_to_be_so(page, server):
    screen = open_screen(page, server, "meat").ready()
    screen.says("caption", "8 of 12 classes shared")
    screen.find("cursor").focus()
    heard = set()
    for key in ("ArrowUp", "ArrowDown"):
        for _ in CLASSES:
            page.keyboard.press(key)
            heard.add(screen.find("said").text_content())
    told = {words for words in heard if "not in" in words}
    away = set(CLASSES) - set(SHARED)
    assert told == {f"{name}: not in meat" for name in away}
    assert not any("no samples" in words for words in heard)
    # Of bread none is shared: its samples are left out, and give no figure.
    screen.find("tree-actual").locator('[aria-label^="bread, "]').hover()
    tooltip = screen.says("tooltip", "its classes are not in meat")
    assert "precision" not in tooltip
    # Every class has samples: what is left out is no class without.
    screen.find("find").fill("no samples")
    screen.find("found").get_by_text("Every class has samples").wait_for()


def test_figures_are_of_the_shared_classes(page, server):
    screen = open_screen(page, server, "meat", rows="spice").ready()
    screen.says("caption", "8 of 12 classes shared")
    here, there = (
        by_name(TREES[name], MATRICES[name]) for name in ("one", "meat")
    )
    spices = ("mint", "salt")
    # Thyme is a spice too, which meat does not know.
    right = [
        sum(cells[a, b] for a in spices for b in known)
        for cells, known in ((here, KINDS["spice"]), (there, spices))
    ]
    change = f"{right[1] - right[0]:+d}".replace("-", "−")
    expect(screen.find("figures")).to_have_text(
        re.compile(rf"TP.*{right[0]}\s+{re.escape(change)}", re.S),
        use_inner_text=True,
    )


def test_files_leave_out_classes_that_are_not_shared(page, server):
    screen = open_screen(page, server, "meat").ready()
    screen.says("caption", "8 of 12 classes shared")
    name, rows = saved(screen, "classes")
    assert name.endswith("-classes-shared.csv")
    assert sorted(row["id"] for row in rows) == sorted(SHARED)
    assert {row["samples"] for row in rows} == {str(EACH)}
    name, rows = saved(screen, "scores")
    assert name.endswith("-scores-shared.csv")
    known = {row["id"] for row in rows}
    assert known & set(CLASSES) == set(SHARED)
    # No bread is shared, and of the spices one is not.
    assert known & set(KINDS) == {"fruit", "drink", "spice"}


def test_a_level_takes_a_class_that_is_not_shared_for_its_group(page, server):
    screen = open_screen(page, server, "meat").ready()
    screen.says("caption", "8 of 12 classes shared")
    cells = by_name(TREES["one"], MATRICES["one"])
    right = sum(
        cells[name, other]
        for kind in KINDS.values()
        for name in set(kind) & set(SHARED)
        for other in kind
    )
    share = f"{100 * right / (EACH * len(SHARED)):.1f} %"
    level = screen.find("figures").get_by_role("row").filter(has_text="4 group")
    expect(level).to_contain_text(share)


def test_cells_of_groups_hold_what_is_not_shared(page, server):
    view = {"level": 4, "rows": "fruit", "columns": "bread"}
    screen = open_screen(page, server, "meat", **view).ready()
    said = screen.says("caption", "beyond chance")
    assert "not tested" not in said
    here, there = (
        by_name(TREES[name], MATRICES[name]) for name in ("one", "meat")
    )
    # Bread is a column, though no bread is shared; meat is none.
    away = sum(there[a, b] for a in SHARED for b in OTHERS["meat"])
    expect(screen.find("caption")).to_have_attribute(
        "title",
        re.compile(rf"left out: one 0, meat {away} \(classes not shared\)"),
    )
    named = sum(here[a, b] for a in KINDS["fruit"] for b in KINDS["bread"])
    screen.says("figures", f"{named}")
    # The server counts them alike.
    query = {"run": "one/validation", "other_run": "meat/validation"}
    same = {"output": "class", "other_output": "class"}
    steps = {"step": 1, "other_step": 1, "level": 0}
    cells = server.get("significance", **query, **same, **steps)["cells"]
    found = re.search(r"(\d+) of (\d+) cells beyond chance", said)
    assert [int(number) for number in found.groups()] == [
        cells["found"],
        cells["tested"],
    ]


def test_the_strip_says_that_it_is_of_all_classes(page, server):
    screen = open_screen(page, server, "meat").ready()
    words = "over all classes of each run"
    screen.says("single", f"accuracy by level, {words}")
    screen = open_screen(page, server, "long meat", "long one").ready()
    screen.says("classes-of-curves", words)
    # Neither better nor worse, where they are of other classes.
    change = screen.find("strip").locator(".ends .change")
    expect(change.first).to_contain_text("→")
    styles = change.evaluate_all("all => all.map((e) => e.className.baseVal)")
    assert {style.strip() for style in styles} == {"change"}
    screen.choose("compare with", "")
    screen.has_no("classes-of-curves")


def test_a_part_of_shared_classes_has_both_curves(page, server):
    view = {"rows": "drink", "columns": "salt"}
    screen = open_screen(page, server, "long meat", "long one", **view).ready()
    here, there = (
        by_name(TREES[name], MATRICES[name]) for name in ("one", "meat")
    )
    drinks = KINDS["drink"]
    shares = [
        100 * sum(cells[name, "salt"] for name in drinks) / 3 / EACH
        for cells in (here, there)
    ]
    said = [f"{share:.{2 if share < 10 else 1}f}" for share in shares]
    screen.says("part-curves", f"{said[0]}→ {said[1]}")
    # Nothing lies on the note about the classes.
    note = screen.find("classes-of-curves").bounding_box()
    for text in screen.find("part-curves").locator(".ends text").all():
        box = text.bounding_box()
        assert box["y"] + box["height"] <= note["y"] + 3
    # The other run has no bread.
    view = {"rows": "drink", "columns": "bread"}
    screen = open_screen(page, server, "long meat", "long one", **view).ready()
    screen.says("part-curves", "drink named bread")
    screen.has_no("rate-named-beside")


def test_side_by_side_both_are_of_the_shared(page, server):
    screen = open_screen(page, server, "meat", **{"as": "side"}).ready()
    screen.says("caption", "8 of 12 classes shared")
    titles = screen.find("twin-title")
    errors = []
    for name in ("one", "meat"):
        cells = by_name(TREES[name], MATRICES[name])
        errors.append(
            sum(
                count
                for (row, column), count in cells.items()
                if row in SHARED and row != column
            )
        )
    expect(titles).to_contain_text([f"{count} errors" for count in errors])


def test_none_brings_all_classes_back(page, server):
    screen = open_screen(page, server, "meat").ready()
    screen.says("caption", "8 of 12 classes shared")
    screen.choose("compare with", "")
    total = MATRICES["one"].sum()
    screen.says("caption", f"{total} samples")
    expect(screen.find("other")).to_have_count(0)
    screen.settle()
    box = screen.matrix_box()[2]
    again = Screen(page, server.url, run="one/validation").ready()
    again.says("caption", f"{total} samples")
    again.settle()
    assert again.matrix_box()[2] == pytest.approx(box, abs=1)


def test_the_quality_of_a_run_is_that_of_all_its_classes(page, server):
    def told(screen):
        screen.find("tab-quality").click()
        screen.says("pair-figures", "recall, bun")
        texts = [screen.says("merge-gain"), screen.text("pair-figures")]
        merged = screen.frame.get_by_label("If merged")
        return [*texts, merged.inner_text()]

    plain = Screen(page, server.url, run="crossed/validation").ready()
    alone = told(plain)
    right = CROSSED.trace() / CROSSED.sum()
    assert f" merged {100 * right:.1f} → " in alone[0]
    screen = open_screen(page, server, "meat", "crossed").ready()
    screen.says("caption", "8 of 12 classes shared")
    assert told(screen) == alone


def test_long_names_of_runs_leave_room_for_what_was_tested(page, server):
    page.set_viewport_size({"width": 1024, "height": 768})
    screen = open_screen(page, server, LONG["meat"], LONG["one"]).ready()
    said = screen.says(
        "caption",
        "8 of 12 classes shared; 4 only here, 2 only there",
        "beyond chance",
    )
    assert said.startswith("…lr0.1_batch256_s… − …lr0.05_batch256_… · ")
    # Nor do they look alike beside the curves and the list of classes.
    screen.reads("other-split", "…lr0.1_batch256_s…")
    expect(screen.find("gains").locator("h2 .label")).to_have_text(
        "…lr0.1_batch256_s… − …lr0.05_batch256_…"
    )
    # All of both is there for who points at it.
    whole = screen.find("caption").get_attribute("title")
    assert whole.startswith(f"{LONG['meat']} − {LONG['one']} · ")


def test_swapping_turns_it_round(page, server):
    screen = open_screen(page, server, "meat").ready()
    screen.says("caption", "meat − one", "8 of 12 classes shared; 4 only here")
    screen.find("swap").click()
    screen.says(
        "caption",
        "one − meat",
        "8 of 10 classes shared; 2 only here, 4 only there",
    )


@pytest.mark.parametrize("way", ["difference", "side"])
def test_groups_of_one_name_that_hold_others_are_not_compared(
    page, server, way
):
    view = {"as": "side"} if way == "side" else {}
    screen = open_screen(page, server, "exchanged", "heads", **view).ready()
    words = "2 of 4 groups shared; 2 only here, 2 only there"
    said = screen.says("caption", words)
    matrix = ONE.cut(groups=4).aggregate(MATRICES["one"])
    same = [[*KINDS].index(name) for name in ("fruit", "spice")]
    wrong = matrix[same].sum() - matrix[same, same].sum()
    if way == "difference":
        assert f"errors: heads {wrong}, exchanged {wrong}" in said
    else:
        titles = screen.find("twin-title")
        expect(titles).to_contain_text([f"{wrong} errors"] * 2)


def test_no_class_in_common_is_one_clear_line(page, server):
    screen = open_screen(page, server, "none")
    notice = screen.find("mismatch")
    notice.wait_for()
    text = notice.inner_text()
    assert "one and none cannot be compared" in text
    assert "They share no class: of 12 classes here and 3 classes" in text
    screen.says("caption", "none cannot be compared")
