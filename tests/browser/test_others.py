"""The *other* row and column of two matrices that are compared."""

import re

import numpy as np
import pytest
from comparing import HIER, PLAIN, blocks_of, matrix_of, open_screen
from logged import EPOCHS
from screen import members

# Colours in the map's canvas, [r, g, b, a] each, of points in the map.
PIXELS = """(points) => {
  const canvas = document.querySelector("[data-testid=matrix]");
  const scale = canvas.width / canvas.getBoundingClientRect().width;
  const context = canvas.getContext("2d");
  return points.map(([x, y]) => [...context.getImageData(
    Math.round(x * scale), Math.round(y * scale), 1, 1).data]);
}"""
PAPER = 250


@pytest.fixture
def nodes(server):
    """The nodes of the coarsest level: 4 groups."""
    epoch = server.get("epochs", run=PLAIN, output="class")["epochs"][-1]
    tree = server.get("hierarchy", run=PLAIN, digest=epoch["hierarchy"])
    return tree["levels"][0]["nodes"]


@pytest.fixture
def blocks(server, hierarchy, nodes):
    """Errors between the groups, here and there, int [4, 4] each."""
    return [
        blocks_of(hierarchy, matrix_of(server, run), nodes)
        for run in (PLAIN, HIER)
    ]


def number(text):
    return float(text.replace("−", "-").replace(",", ""))


def places(hierarchy, nodes):
    """Where the middle of each group is, in [0, 1]."""
    return [
        (hierarchy.start[n] + hierarchy.stop[n]) / 2 / hierarchy.num_classes
        for n in nodes
    ]


class Strips:
    """The *other* row and column of the matrix, or of the one beside it."""

    def __init__(self, screen, twin=False):
        self.screen = screen
        screen.find("twin-other" if twin else "other").wait_for()
        # The room for them opens on a short way.
        screen.settle()
        box = screen.find("cursor").bounding_box()
        self.x, self.y, self.size = box["x"], box["y"], box["width"]
        if twin:
            title = screen.find("twin-title").nth(1).bounding_box()
            self.x = title["x"]

    def right_of(self, row):
        return self.x + self.size + 8, self.y + row * self.size

    def below(self, column):
        return self.x + column * self.size, self.y + self.size + 8

    def colours(self, points):
        """Their colours, int [n, 3]; all must be filled."""
        found = self.pixels(points)
        assert (found[:, 3] == 255).all()
        return found[:, :3]

    def pixels(self, points):
        area = self.screen.find("map").bounding_box()
        # Beside the number that may stand in the middle.
        near = [(x - area["x"], y - area["y"] + 12) for x, y in points]
        return np.array(self.screen.frame.evaluate(PIXELS, near))

    def said(self, row):
        """The tooltip of a group: term to text."""
        self.screen.page.mouse.move(*self.right_of(row))
        tip = self.screen.find("tooltip")
        tip.get_by_text("other", exact=True).wait_for()
        return dict(
            zip(
                tip.locator("dt").all_inner_texts(),
                tip.locator("dd").all_inner_texts(),
                strict=True,
            )
        )


def sums(text):
    """The two numbers of `row 3 · column −2`."""
    found = re.fullmatch(r"row ([+−\d,]+)\s+·\s+column ([+−\d,]+)", text)
    return tuple(number(each) for each in found.groups())


class TestDifference:
    def test_what_is_drawn_and_what_is_not_add_up(
        self, page, server, hierarchy, nodes, blocks
    ):
        screen = open_screen(page, server, against=HIER, level=4, between=4)
        screen.says("caption", "hier − plain", "within 4 groups")
        by = blocks[1] - blocks[0]
        strips = Strips(screen)
        for i, row in enumerate(places(hierarchy, nodes)[:2]):
            assert sums(strips.said(row)["other"]) == (by[i, i], by[i, i])
        below = screen.find("other").locator("text").last.text_content()
        assert number(below.split()[1]) == np.trace(by)
        # The caption says it of each.
        here, there = (f"{np.trace(each):,}" for each in blocks)
        screen.says("caption", f"left out: plain {here}, hier {there}")

    def test_is_grey_by_size_whatever_the_sign(
        self, page, server, hierarchy, nodes
    ):
        early = blocks_of(hierarchy, matrix_of(server, PLAIN, 1), nodes)
        late = blocks_of(hierarchy, matrix_of(server, PLAIN), nodes)
        size = np.abs(np.diag(early - late))
        screen = open_screen(
            *(page, server),
            **{"against": PLAIN, "withStep": 1},
            **{"level": len(nodes), "between": len(nodes)},
        )
        screen.says("caption", f"epoch {EPOCHS} − epoch 1")
        strips = Strips(screen)
        middles = places(hierarchy, nodes)[:2]
        for points in (
            [strips.right_of(row) for row in middles],
            [(x + 24, y - 12) for x, y in map(strips.below, middles)],
        ):
            found = strips.colours(points)
            # Neither brown nor teal, and the larger the darker.
            assert np.ptp(found, axis=1).max() < 25
            assert found.max() < PAPER
            assert (found[0].sum() < found[1].sum()) == (size[0] > size[1])

    def test_of_a_zoom(self, page, server, hierarchy):
        dogs = members(hierarchy, "dog")
        start = hierarchy.rank[dogs[0]]
        window = f"{start} {start} {len(dogs)}"
        screen = open_screen(page, server, against=HIER, window=window)
        screen.says("caption", "hier − plain", "(outside the window)")
        into = []
        for run in (PLAIN, HIER):
            matrix = matrix_of(server, run)
            inside = matrix[np.ix_(dogs, dogs)]
            into.append(matrix[:, dogs].sum() - inside.sum())
        Strips(screen)
        below = screen.find("other").locator("text").last.text_content()
        assert number(below.split()[1]) == into[1] - into[0]
        screen.press("0")
        screen.find("other").wait_for(state="detached")


def test_each_side_has_its_own(page, server, hierarchy, nodes, blocks):
    view = {"as": "side", "level": 4, "between": 4}
    screen = open_screen(page, server, against=HIER, **view)
    screen.says("caption", "plain, hier", "within 4 groups")
    here, there = (np.diag(each) for each in blocks)
    left, right = Strips(screen), Strips(screen, twin=True)
    assert right.x > left.x + left.size
    for name, own in (("other", here), ("twin-other", there)):
        text = screen.find(name).locator("text").last.text_content()
        assert number(text.split()[1]) == own.sum()
    row = places(hierarchy, nodes)[1]
    for strips in (left, right):
        said = strips.said(row)
        assert sums(said["other"]) == (here[1], here[1])
        assert sums(said["in hier"]) == (there[1], there[1])
    found = [strips.colours([strips.right_of(row)]) for strips in (left, right)]
    # Fewer errors are paler, in the scale of both.
    assert found[0].sum() < found[1].sum() < 3 * PAPER
    # A click on it selects the band of its row.
    for strips, at in ((left, 0), (right, 1)):
        page.mouse.click(*strips.right_of(places(hierarchy, nodes)[at]))
        screen.link(f"rows={hierarchy.node_ids[nodes[at]]}", "columns=")
