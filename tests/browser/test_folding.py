"""Rows and columns folded apart: what is drawn, counted, listed, linked."""

import json

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import exported, group, saved

APART = "883 rows × 1,000 columns of mixed levels"  # 118 dogs in one row
OTHER = "1,000 rows × 883 columns of mixed levels"
BOTH = "883 rows of mixed levels"


@pytest.fixture(scope="module")
def counts(matrix, hierarchy):
    """Answers per row and column, in the order of the tree."""
    return matrix[np.ix_(hierarchy.order, hierarchy.order)]


@pytest.fixture(scope="module")
def dogs(hierarchy):
    """The places of the dogs."""
    node = hierarchy.find("dog")
    return slice(hierarchy.start[node], hierarchy.stop[node])


@pytest.fixture(scope="module")
def dog_errors(counts, dogs):
    """Wrong answers to dogs, per class that was named."""
    return counts[dogs].sum(0) - np.where(
        np.isin(np.arange(1000), np.arange(1000)[dogs]), counts.diagonal(), 0
    )


def fold(screen, name="dog", part="tree-actual", shift=True):
    """Clicks the arrow of a group."""
    node = group(screen, name, part)
    node.hover()
    modifiers = ["Shift"] if shift else []
    node.locator(".fold").click(modifiers=modifiers)


def facts(screen):
    """Returns the tooltip as terms and texts."""
    tooltip = screen.find("tooltip")
    # At once: the next tooltip may have other terms.
    pairs = """each => [...each.querySelectorAll("dt")].map(
      (term) => [term.innerText, term.nextElementSibling.innerText])"""
    return dict(tooltip.evaluate(pairs))


def point_at(screen, column, row):
    """Points at a cell by its places in the whole matrix."""
    x, y = screen.point((column + 0.5) / 1000, (row + 0.5) / 1000)
    screen.page.mouse.move(x, y)


class TestFolding:
    def test_shift_folds_the_axis_alone(self, screen):
        scale = screen.frame.locator(".legend text")
        before = screen.texts(scale)[-2]
        fold(screen)
        screen.says("caption", APART)
        rows = group(screen, "dog")
        columns = group(screen, "dog", "tree-predicted")
        expect(rows).to_have_attribute("aria-expanded", "false")
        expect(columns).to_have_attribute("aria-expanded", "true")
        # The same on the other axis, and they are one again.
        fold(screen, part="tree-predicted")
        screen.says("caption", BOTH)
        # A fold leaves the colours.
        screen.draw()
        assert screen.texts(scale)[-2] == before
        fold(screen)
        screen.says("caption", OTHER)
        # Without Shift the other axis follows.
        fold(screen, shift=False)
        screen.says("caption", BOTH)
        fold(screen, shift=False)
        screen.notes("diagonal hidden")

    def test_a_key_folds_the_axis_of_the_tree_or_band(self, screen):
        group(screen, "dog").click()
        screen.press("Shift+C")
        screen.says("caption", APART)
        screen.press("Shift+C")
        screen.notes("diagonal hidden")
        group(screen, "dog", "tree-predicted").focus()
        screen.press("Shift+C")
        screen.says("caption", OTHER)
        screen.press("c")
        screen.notes("diagonal hidden")
        screen.find("select-column-band").click()
        screen.find("slider").focus()
        screen.press("Shift+C")
        screen.says("caption", OTHER)
        # Too small for an arrow, but not for a key.
        group(screen, "bird", "tree-predicted").hover()
        screen.says("tooltip", "collapse")
        assert facts(screen)["collapse"] == (
            "c once selected  ·  Shift: columns alone"
        )

    def test_marks_and_numbers_are_the_errors(
        self, screen, counts, dogs, dog_errors
    ):
        fold(screen)
        screen.says("caption", APART)
        screen.page.mouse.move(5, 5)
        ink = screen.ink()
        side = len(ink)
        low, high = dogs.start * side // 1000 + 3, dogs.stop * side // 1000 - 3
        band = ink[low:high]
        # One cell as tall as the band, wherever a dog was named that.
        assert (band == band[0]).all()
        at = ((np.arange(1000) + 0.5) * side / 1000).astype(int)
        assert band[0, at[dog_errors > 0]].all()
        assert band[0].mean() < 0.9
        # And the numbers add up.
        wrong = counts.sum() - np.trace(counts)
        screen.says("caption", f"{wrong:,} errors")
        column = dogs.start + int(dog_errors[dogs].argmax())
        point_at(screen, column, (dogs.start + dogs.stop) // 2)
        screen.says("tooltip", "wrong class")
        said = facts(screen)
        assert said["actual"] == "dog"
        named = counts[dogs, column].sum()
        assert said["count"].startswith(f"{named:,} of {counts[dogs].sum():,}")
        assert said["wrong class"] == f"{dog_errors[column]:,}"
        assert "common group" not in said

    def test_files_are_of_the_cells(self, screen, hierarchy, dog_errors):
        group(screen, "dog").click()
        screen.press("Shift+C")
        screen.says("caption", APART)
        _, rows = saved(screen, "confusions")
        errors = [int(r["errors"]) for r in rows if r["actual"] == "dog"]
        assert sorted(errors) == sorted(dog_errors[dog_errors > 0].tolist())
        download = exported(screen, "cut")
        assert download.suggested_filename.endswith("cut883x1000.json")
        written = json.loads(download.path().read_text())
        assert hierarchy.cut(nodes=written["cut"]).num_groups == 883
        assert hierarchy.cut(nodes=written["cut_columns"]).num_groups == 1000
