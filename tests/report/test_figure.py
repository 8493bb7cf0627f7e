"""Properties of the pictures, and numbers by hand."""

import numpy as np
import pytest
from PIL import ImageFont
from small import MATRIX, hierarchy

import keras_hier as kh
from keras_hier.hierarchy.tree import cuts
from keras_hier.report.canvases.fonts import Face
from keras_hier.report.cells import rasterise
from keras_hier.report.colours import THEMES, ink_on, luminance, ramp
from keras_hier.report.count_scale import Scale
from keras_hier.report.figure import compose
from keras_hier.report.subject import Cells, Subject

LIGHT, DARK = THEMES["light"], THEMES["dark"]


def confused(tree, errors=2.0, seed=0):
    """Counts with errors that are more frequent among near classes."""
    rng = np.random.default_rng(seed)
    size = tree.num_classes
    counts = np.diag(rng.poisson(40, size))
    labels = rng.integers(0, size, int(errors * size))
    near = (tree.rank[labels] + rng.geometric(0.2, len(labels))) % size
    far = rng.integers(0, size, len(labels))
    named = np.where(rng.random(len(labels)) < 0.7, tree.order[near], far)
    np.add.at(counts, (labels, named), rng.geometric(0.4, len(labels)))
    return counts


def flat(size):
    names = [f"class {i}" for i in range(size)]
    return kh.Hierarchy.from_nested(names, classes=names)


@pytest.fixture(scope="module")
def imagenet():
    return kh.Hierarchy.imagenet()


@pytest.fixture(scope="module")
def hundred(imagenet):
    """A hundred classes: every tenth, with their groups."""
    return imagenet.subset([imagenet.classes[c] for c in imagenet.order[::10]])


@pytest.fixture(scope="module")
def small():
    """The picture of six classes."""
    return compose(Subject(MATRIX, hierarchy()))


def matrix_pixels(picture, ratio=2):
    """The pixels of the matrix, uint8 [S, S, 3]."""
    layout = picture.layout
    left, top = round(layout.x * ratio), round(layout.y * ratio)
    side = round(layout.size * ratio)
    pixels = np.asarray(picture.image)
    return pixels[top : top + side, left : left + side].astype(int)


class TestMarks:
    def test_a_single_error_among_a_thousand_classes_shows(self, imagenet):
        right = 50 * np.eye(1000, dtype=int)
        wrong = right.copy()
        places = ((0, 999), (500, 498))
        for row, column in places:
            wrong[tuple(imagenet.order[[row, column]])] = 1
        shown, without = (
            matrix_pixels(compose(Subject(counts, imagenet)))
            for counts in (wrong, right)
        )
        differs = np.abs(shown - without).sum(2) > 30
        for row, column in places:
            at = np.array([row + 0.5, column + 0.5]) * 1.308
            marked = np.argwhere(differs)
            marked = marked[np.abs(marked - at).max(1) < 50]
            # Outlines may cross the mark, they do not hide it.
            assert len(np.unique(marked[:, 0])) >= 3
            assert len(np.unique(marked[:, 1])) >= 3
            assert (np.abs(marked.mean(0) - at) < 3).all()

    def test_the_strongest_lies_on_top_and_single_ones_are_paler(self):
        cells = Cells(
            np.array([0, 500, 501, 900, 901]),
            np.array([10, 300, 300, 600, 600]),
            np.array([1, 1, 1, 40, 1]),
        )
        image = rasterise(
            cells,
            np.arange(1001),
            Scale(40.0),
            ramp(LIGHT),
            LIGHT.background,
            1308,
            2,
        )
        # 0.8 of #8fadde and 0.2 of white; and #8fadde where two overlap.
        assert image[1, 13].tolist() == [165, 189, 229, 255]
        x = int(300.5 * 1.308)
        column = image[652:662, x, :3].tolist()
        assert column[1] == [165, 189, 229]
        assert [0x8F, 0xAD, 0xDE] in column
        # #0d2a63, five pixels high, though the 1 beside it comes later.
        strong = (image[:, int(600.5 * 1.308), :3] == (13, 42, 99)).all(1)
        assert strong.sum() == 5


class TestOutlines:
    def test_stand_at_the_boundaries_of_the_blocks(self, imagenet):
        subject = Subject(50 * np.eye(1000, dtype=int), imagenet)
        picture = compose(subject, "dark")
        assert picture.image.getpixel((0, 0)) == DARK.background
        assert "marks at least 2 px" in picture.caption
        pixels = matrix_pixels(picture)
        muted = np.array(DARK.muted)
        first = subject.levels[0]
        assert len(first) == 4
        for node in first:
            low, high = (1.308 * place for place in subject.span(node))
            if subject.size(node) < 30:
                continue
            quarter = round(low + (high - low) / 4)
            for edge in (low, high):
                at = min(max(round(edge), 1), 1306)
                near = slice(at - 1, at + 1)
                across = np.abs(pixels[near, quarter] - muted).sum(1).min()
                down = np.abs(pixels[quarter, near] - muted).sum(1).min()
                assert across <= 3
                assert down <= 3

    def test_the_coarser_the_stronger(self, hundred):
        subject = Subject(np.eye(100, dtype=int), hundred)
        pixels = matrix_pixels(compose(subject))
        darkness = []
        for nodes in subject.outlines[:2]:
            node = max(nodes, key=lambda n: subject.size(n))
            low, high = (13.08 * place for place in subject.span(node))
            line = pixels[round((low + high) / 2) + 5, :]
            at = round(high)
            darkness.append((255 * 3 - line[at - 3 : at + 3].sum(1)).sum())
        assert darkness[0] > darkness[1] > 0


class TestLabels:
    def test_no_two_overlap_and_none_leaves_the_page(self, imagenet, hundred):
        cut = hundred.cut(groups=12)
        counts = cut.aggregate(confused(hundred))
        for subject in (
            Subject(confused(imagenet), imagenet),
            Subject(confused(imagenet), imagenet, groups=4),
            *[
                Subject(confused(hundred), hundred, groups=size)
                for size in (4, 22, 31, 61, 100)
            ],
            Subject(confused(hundred, 40), hundred, groups=22),
            Subject(MATRIX, hierarchy()),
            Subject(counts, hundred.collapse(cut), cut.sizes),
            Subject(confused(flat(10)), flat(10)),
            Subject(confused(flat(300)), flat(300)),
            Subject(np.array([[3]]), flat(1)),
            Subject(np.zeros((6, 6), int), hierarchy()),
        ):
            picture = compose(subject, title=["a run", "validation"])
            width, height = (side / 2 for side in picture.image.size)
            left, top, right, bottom = np.array(
                [label.box for label in picture.labels]
            ).T
            assert ((left >= 0) & (left < right) & (right <= width)).all()
            assert ((top >= 0) & (top < bottom) & (bottom <= height)).all()
            # In legible distance, not only apart.
            beside = right[:, None] + 1 <= left
            above = bottom[:, None] <= top
            apart = beside | beside.T | above | above.T
            together = np.argwhere(~apart & ~np.eye(len(left), dtype=bool))
            assert not len(together), [picture.labels[i] for i in together[0]]

    def test_groups_are_named_on_both_axes(self, hundred):
        """Where 11 px and more are between them, as on the page."""
        sizes = [len(level.nodes) for level in cuts.levels(hundred)]
        groups = next(size for size in sizes if 10 < size < 59)
        subject = Subject(confused(hundred), hundred, groups=groups)
        picture = compose(subject)
        assert picture.layout.has_column_names
        upright = [
            text
            for text, (left, top, right, bottom) in picture.labels
            if bottom - top > right - left
        ]
        names = [hundred.node_names[node] for node in subject.groups]
        above = [
            name
            for name in names
            if any(name.startswith(text.rstrip("…")) for text in upright)
        ]
        # Narrow ones give way to those with more errors.
        assert len(above) > 0.8 * groups
        # The tree above keeps what is coarser, and no name twice.
        assert len(picture.layout.rows) - 1 == sum(
            len(nodes) < groups for nodes in subject.columns
        )

    def test_names_in_the_tree_above_are_not_said_again(self):
        tree = kh.Hierarchy.from_paths(
            [(f"group {i // 20}", f"class {i}") for i in range(80)]
        )
        layout = compose(Subject(confused(tree), tree, groups=4)).layout
        assert (layout.has_column_names, len(layout.rows) - 1) == (False, 1)

    def test_recall_by_hand(self, small):
        texts = [text for text, _ in small.labels]
        shares = [t for t in texts if t.endswith(" %") and t != "0 %"]
        # In display order: pug 6/10, husky 5/10, tabby, bus 5/10, bike, pie.
        assert shares == ["60 %", "50 %", "80 %", "50 %", "80 %", "100 %"]
        names = ["pug", "husky", "tabby", "bus", "bike", "pie"]
        assert [t for t in texts if t in names][:6] == names

    def test_counts_stand_in_cells_that_have_room(self, small):
        layout = small.layout
        found = {}
        for text, (left, top, right, bottom) in small.labels:
            row = ((top + bottom) / 2 - layout.y) * 6 / layout.size
            column = ((left + right) / 2 - layout.x) * 6 / layout.size
            if 0 < row < 6 and 0 < column < 6:
                found[int(row), int(column)] = text
        # Display order: pug, husky, tabby, bus, bike, pie.
        near = {(0, 1): "3", (1, 0): "4", (3, 4): "5", (1, 5): "1"}
        assert near.items() <= found.items()
        # Right answers are hidden, and where nothing is nothing stands.
        assert not {(0, 0), (0, 3)} & found.keys()


class TestFigures:
    def test_errors_cells_and_totals_by_hand(self, small):
        subject = Subject(MATRIX, hierarchy())
        assert (subject.total, subject.errors) == (60, 18)
        assert len(subject.cells.count) == 7
        assert small.caption.startswith(
            "60 samples · 18 errors in 7 cells · diagonal hidden"
        )

    def test_a_level_keeps_the_totals(self):
        subject = Subject(MATRIX, hierarchy(), None, 3)
        cells = subject.cells
        found = np.stack([cells.row, cells.column, cells.count], 1).tolist()
        # animal: 3 + 4 + 1 + 2 within, 1 named pie; vehicle: 2 + 5 within.
        assert sorted(found) == [[0, 0, 10], [0, 2, 1], [1, 1, 7]]
        caption = compose(subject).caption
        assert "60 samples · 18 errors in 3 cells · 3 groups" in caption
        assert "marks at least 2 px" not in caption
        assert "diagonal: wrong class, right group" in caption

    def test_the_whole_caption_is_on_the_page(self, hundred):
        title = ["a run of a rather long name " * 5, "validation", "epoch 3"]
        picture = compose(Subject(confused(hundred), hundred), title=title)
        below = picture.layout.caption
        lines = [text for text, box in picture.labels if box[1] >= below]
        assert len(lines) > 1
        assert " · ".join(lines) == picture.caption

    def test_classes_that_are_missing_on_one_side(self):
        counts = MATRIX.copy()
        counts[:, 0] = 0  # nobody is named a bike
        counts[2] = 0  # there is no pie, yet a husky is named so
        subject = Subject(counts, hierarchy())
        names = subject.tree.node_names
        assert [names[n] for n in subject.never_predicted] == ["bike"]
        assert [names[n] for n in subject.only_predicted] == ["pie"]
        caption = compose(subject).caption
        assert "1 never predicted · 1 without samples, yet predicted" in caption

    def test_a_leaf_of_many_classes_is_as_tall_as_they_are(self, hundred):
        cut = hundred.cut(groups=12)
        counts = cut.aggregate(np.eye(100, dtype=int))
        subject = Subject(counts, hundred.collapse(cut), cut.sizes)
        assert subject.num_places == 100
        leaves = subject.tree.leaves
        assert [subject.size(n) for n in leaves] == cut.sizes.tolist()


class TestColours:
    @pytest.mark.parametrize("theme", THEMES)
    def test_text_is_legible(self, theme):
        palette = THEMES[theme]

        def contrast(one, other):
            high, low = sorted([luminance(one), luminance(other)])[::-1]
            return (high + 0.05) / (low + 0.05)

        for ink in (palette.ink, palette.muted):
            for paper in (palette.background, palette.fill, palette.fill_first):
                assert contrast(ink, paper) >= 4.5
        for shade in ramp(palette).tolist():
            assert contrast(ink_on(shade), shade) >= 4.5

    @pytest.mark.parametrize("theme", THEMES)
    def test_more_is_farther_from_the_background(self, theme):
        palette = THEMES[theme]
        shades = [luminance(shade) for shade in ramp(palette).tolist()]
        away = np.abs(np.array(shades) - luminance(palette.background))
        assert (np.diff(away) >= 0).all()


class TestFaces:
    def test_letters_that_are_not_there_are_spelt(self):
        face = Face()
        assert face.spell("crème brûlée") == "creme brulee"
        assert face.spell("Straße – Łódź") == "Strasse - Lodz"
        assert face.spell("e\u0301clair") == "eclair"
        assert face.spell("日本犬") == "???"
        assert face.spell("two\nlines\tand\x00more") == "two lines and more"
        assert face.can_write("Eskimo dog, 94.5 %") is True
        assert face.can_write("日") is False

    def test_an_id_stands_in_for_a_name_that_cannot_be_written(self):
        tree = kh.Hierarchy.from_nested(
            {"g": ["n1", "n2"]},
            classes=["n1", "n2"],
            names={"n1": "日本犬", "n2": "café"},
        )
        picture = compose(Subject(np.array([[3, 1], [2, 4]]), tree))
        texts = [text for text, _ in picture.labels]
        assert "n1" in texts
        assert "cafe" in texts
        assert picture.respelt == {"日本犬", "café"}

    def test_another_font(self, small, tmp_path):
        path = tmp_path / "own.ttf"
        path.write_bytes(ImageFont.load_default(20).path.getvalue())
        given = compose(Subject(MATRIX, hierarchy()), face=Face(path))
        assert given.image.size == small.image.size
        assert [t for t, _ in given.labels] == [t for t, _ in small.labels]
