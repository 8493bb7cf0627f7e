"""The view of responses, over class means that are drawn.

Run `plain` has noise at `conv1`, and means that groups share at `block/conv2`.
`sampled` has the strongest samples of its channels, and pictures of every other
sample. Names of `hostile` try to become markup, `none` has no means.
"""

import re
from collections import Counter

import numpy as np
import pytest
from accessibility import SMALL, findings_in_both_themes
from logged import write_epochs
from playwright.sync_api import expect
from screen import Screen, group

import keras_hier as kh
from keras_hier.analysis.evidence.channel_evidence import channels
from keras_hier.hierarchy.tree.cuts import levels as levels_of
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.strongest_codec import StrongestSamples
from keras_hier.log.run_log import RunLog
from keras_hier.probing.alignment.class_correlation import (
    ClassPairs,
    class_correlation,
)
from tb_plugin.comparing.channel_groups import told_groups
from tests.support.layers import layers_record
from tests.support.layers_log import draw_matrix
from tests.support.page_requests import PageRequests
from tests.support.serving import loaded
from tests.support.wide_log import draw_hierarchy

TREE = draw_hierarchy(101, 3)
NOISE, SHARED = NAMES = ("conv1", "block/conv2")
MARKUP = '<img src=x onerror="window.pwned=1">'
HOSTILE = kh.Hierarchy.from_paths(
    [(f"{MARKUP}{a}", f"{MARKUP}{a}{b}") for a in range(3) for b in range(5)]
    + [("few", f"{MARKUP}few{b}") for b in range(3)]
)
PLAIN = "plain/validation"
SAMPLED = "sampled/validation"
# Two samples of each class; the first of them has no picture.
LABELS = np.repeat(np.arange(TREE.num_classes), 2)
IDS = tuple(f"{TREE.classes[c]}/{at % 2}.jpg" for at, c in enumerate(LABELS))


def means_of(layer, tree, shared, place=0, shape="6 x 6 x 20"):
    rng = np.random.default_rng(place)
    means = rng.normal(size=(tree.num_classes, 180)).astype(np.float32)
    for level in tree.levels()[:-1]:
        both = rng.normal(size=(level.num_groups, 180))
        means += shared * both[level.of_class]
    counts = np.full(tree.num_classes, 50)
    return ClassMeans(layer, place, shape, "grid3", tree.digest, counts, means)


def strongest_of(layer, tree, ids, labels):
    rng = np.random.default_rng(0)
    rows = np.array([rng.permutation(len(ids))[:6] for _ in range(180)])
    values = -np.sort(-rng.random((180, 6), np.float32))
    shown = layer, tree.digest, tree.num_classes
    return StrongestSamples(*shown, ids, labels, rows, values)


STRONGEST = strongest_of(SHARED, TREE, IDS, LABELS)


def written(folder):
    record = layers_record(TREE.digest, 2, 2, 0)
    with kh.BlocksWriter(folder / "plain", TREE) as log:
        log.matrix(draw_matrix(TREE, 0.5, 20, 1), 1)
        pairs = TREE.cut(groups=8)
        matrix = pairs.aggregate(draw_matrix(TREE, 0.3, 20, 5))
        log.matrix(matrix, 1, "conv1_groups8", pairs, "head", "conv1")
        log.layers(type(record)(**{**vars(record), "layers": NAMES}), 1)
        log.means(means_of(NOISE, TREE, 0), 1)
        log.means(means_of(SHARED, TREE, 1, place=1), 1)
    with kh.BlocksWriter(folder / "hostile", HOSTILE) as log:
        log.matrix(10 * np.eye(HOSTILE.num_classes, dtype=int) + 1, 1)
        ids = tuple(f"{MARKUP}{at}" for at in range(HOSTILE.num_classes))
        named = strongest_of(MARKUP, HOSTILE, ids, np.arange(len(ids)))
        log.means(means_of(MARKUP, HOSTILE, 2, shape=MARKUP), 1, named)
    with kh.BlocksWriter(folder / "sampled", TREE) as log:
        log.matrix(draw_matrix(TREE, 0.5, 20, 1), 1)
        log.means(means_of(SHARED, TREE, 1, place=1), 1, STRONGEST)
        scores = np.full((len(LABELS), TREE.num_classes), 1 / TREE.num_classes)
        index = log.samples(LABELS, scores, 1, ids=IDS)
        grey = [np.full((64, 48), 9 + at, np.uint8) for at in range(len(IDS))]
        shown = [grey[at] if at % 2 else None for at in range(len(IDS))]
        log.pictures(index, shown)
    write_epochs(folder / "none", TREE, draw_matrix(TREE, 0.5, 20, 1))


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address, and the log of `plain`."""
    folder = tmp_path_factory.mktemp("responses")
    written(folder)
    with loaded(folder) as server:
        yield server.plugin_url, RunLog(str(folder / PLAIN))


@pytest.fixture
def url(served):
    return served[0]


@pytest.fixture
def means(served):
    """The class means of the two layers, as they are logged."""
    return {layer: served[1].means(layer).means for layer in NAMES}


def opened(page, url, run=PLAIN, **view):
    screen = Screen(page, url, run=run, view="responses", **view)
    screen.frame.wait_for_function(
        "performance.getEntriesByName('blocks:responses').length"
    )
    return screen


def channel_rows(screen):
    return screen.find("channels").locator("tbody tr:not(.samples)")


def layer_is(screen, name):
    expect(screen.find("response-layer")).to_have_text(name)


def plain(value, digits=2):
    return f"{value:.{digits}f}".replace("-", "−")


def test_shows_how_alike_the_classes_are(page, url, means):
    asked = PageRequests(page)
    screen = Screen(page, url, run=PLAIN).ready()
    asked.settle()
    late = re.compile("ResponsesView|/(responses|correlation|means)[?]")
    assert not [each for each in asked.urls if late.search(each)]
    screen.find("tab-responses").click()
    levels = TREE.levels()[:-1]
    # The last layer, until another is chosen.
    for layer in reversed(NAMES):
        layer_is(screen, layer)
        pairs = ClassPairs(class_correlation(means[layer]))
        found = [pairs.within(level.of_class) for level in levels]
        rows = screen.find("alike").locator("tbody tr")
        expect(rows).to_have_count(len(found) + 1)
        for row, each in zip(rows.all(), reversed(found), strict=False):
            mean = f"{plain(pairs.mean, 3)} ± {each.band:.3f}"
            expect(row.locator("td")).to_have_text([plain(each.inside), mean])
            # A mean within chance looks so.
            within = abs(each.inside - pairs.mean) <= each.band
            expect(row).to_have_class("label" if within else "")
            assert within == (layer == NOISE)
        screen.find("layer-slider").press("ArrowLeft")
    # The page knows them, the one that it took without a name as well.
    before = len(asked.urls)
    screen.find("layer-slider").press("ArrowRight")
    layer_is(screen, SHARED)
    expect(rows).to_have_count(len(found) + 1)
    asked.settle()
    again = re.compile("/(responses|correlation|means|channel_groups)[?]")
    assert not [each for each in asked.urls[before:] if again.search(each)]


def test_a_rectangle_is_seen_while_it_is_dragged(page, url, means):
    screen = opened(page, url, layer=SHARED)
    screen.find("other-map").click()
    size = TREE.num_classes
    screen.settle()
    across = screen.find("tree-predicted").bounding_box()
    down = screen.find("tree-actual").bounding_box()
    top, side = down["y"], down["height"]
    # The first groups have no room for their names.
    left = across["x"] + across["width"] - side
    alike = class_correlation(means[SHARED])[np.ix_(TREE.order, TREE.order)]
    # The pointer tells of a pair: of the first class and the last.
    page.mouse.move(left + side - 3, top + 3)
    screen.says("tooltip", "alike", plain(alike[0, -1]))
    names = [TREE.names[TREE.order[at]] for at in (0, -1)]
    screen.says("tooltip", *names)
    page.mouse.move(left + 0.105 * side, top + 0.305 * side)
    page.mouse.down()
    page.mouse.move(left + 0.25 * side, top + 0.35 * side, steps=4)
    rows, columns = (
        np.arange(int(low * size), int(high * size) + 1)
        for low, high in ((0.305, 0.35), (0.105, 0.25))
    )
    mean = plain(alike[np.ix_(rows, columns)].mean())
    screen.reads("rubber", f"{len(rows)} × {len(columns)} · alike {mean}")
    screen.press("Escape")
    page.mouse.up()
    screen.has_no("rubber")
    screen.reads("selection", "all classes")
    expect(screen.find("responses")).to_be_visible()


# How many greys there are in a part of the map.
GREYS = """canvas => new Set(
  canvas.getContext("2d").getImageData(
    canvas.width / 2, canvas.height / 2, 99, 99).data).size"""


def test_channels_stand_by_the_group_that_they_tell(page, served):
    url, log = served
    screen = opened(page, url)
    record = log.means(SHARED)
    told = told_groups(record, TREE)
    found = len(told["channels"])
    assert 20 < found < 180
    counts = Counter(told["nodes"]).most_common(2)
    screen.says("sentence", f"{found} of 180 channels of ")
    for node, count in counts:
        screen.says("sentence", f"{TREE.node_names[node]} ({count})")
    screen.settle()
    assert screen.find("channel-map").evaluate(GREYS) > 20
    # A selected group sorts them.
    node = counts[0][0]
    group(screen, TREE.node_names[node]).click()
    inside = TREE.order[TREE.start[node] : TREE.stop[node]]
    evidence = channels(record.means, inside)
    beyond = evidence.order[: evidence.found]
    higher = beyond[evidence.auc[: evidence.found] > 0.5]
    screen.says("sentence", f"{len(higher)} of 180 channels respond to")
    # Of noise nothing is said, and nothing is sorted.
    screen.find("layer-slider").press("ArrowLeft")
    layer_is(screen, NOISE)
    screen.has_no("sentence")


def test_a_cell_tells_of_its_channel(page, served):
    url, log = served
    screen = opened(page, url, SAMPLED)
    told = told_groups(log.means(SHARED), TREE)
    cells = screen.find("channel-cells")
    screen.says("sentence", "of 180 channels")
    screen.settle()
    box = cells.bounding_box()
    where = {"x": 2.5 * box["width"] / 180, "y": box["height"] / 202}
    cells.hover(position=where)
    feature, node = told["channels"][2], told["nodes"][2]
    screen.says("tooltip", TREE.names[TREE.order[0]], TREE.node_names[node])
    cells.click(position=where)
    screen.says("channel", f"Channel {feature % 20} ")
    screen.says("channel-group", TREE.node_names[node], "AUC")


def test_lists_the_channels_of_the_group_that_is_clicked(page, url, means):
    screen = opened(page, url)
    expect(screen.find("channel-groups")).to_be_visible()
    first, second = (int(node) for node in levels_of(TREE)[0].nodes[:2])
    group(screen, TREE.node_names[first]).click()
    inside = TREE.order[TREE.start[first] : TREE.stop[first]]
    expected = channels(means[SHARED], inside)
    assert expected.found > 3
    screen.says(
        "channel-evidence", f"{expected.found} of 180 channels beyond chance"
    )
    rows = screen.find("channels").locator("tbody tr")
    expect(rows).to_have_count(expected.found)
    expect(rows.first.locator("th")).to_contain_text(
        str(expected.order[0] % 20)
    )
    expect(rows.first.locator(".number")).to_have_text(f"{expected.auc[0]:.2f}")
    screen.find("layer-slider").press("ArrowLeft")
    screen.says("channel-evidence", "None of 180 channels is beyond chance")
    screen.has_no("channels")
    screen.link("layer=conv1")
    group(screen, TREE.node_names[second]).click()
    screen.link(f"rows={TREE.node_ids[second].replace(' ', '+')}")
    page.go_back()
    expect(screen.find("selection")).to_have_text(TREE.node_names[first])
    layer_is(screen, NOISE)


def test_a_channel_shows_its_strongest_samples(page, url, means):
    node = int(levels_of(TREE)[0].nodes[0])
    screen = opened(page, url, SAMPLED, rows=TREE.node_ids[node])
    inside = TREE.order[TREE.start[node] : TREE.stop[node]]
    # The same means as in the other run.
    order = channels(means[SHARED], inside).order
    samples = screen.find("channel-samples")
    first, third = (
        channel_rows(screen).nth(place).locator("th button") for place in (0, 2)
    )
    expect(first).to_have_attribute("aria-pressed", "true")
    third.click()
    rows = STRONGEST.rows[order[2]]
    expect(samples.locator(".class")).to_have_text(
        [TREE.names[LABELS[at]] for at in rows]
    )
    with_picture = [IDS[at] for at in rows if at % 2]
    assert with_picture
    images = samples.locator("img")
    expect(images).to_have_count(len(with_picture))
    for image, sample in zip(images.all(), with_picture, strict=True):
        expect(image).to_have_attribute("alt", sample)
        expect(image).to_have_js_property("naturalWidth", 48)
    expect(samples.locator(".no-picture")).to_have_text(
        [IDS[at] for at in rows if not at % 2]
    )
    screen.has_no("no-channel-samples")
    third.click()
    screen.has_no("channel-samples")
    screen.choose("run", "plain")
    screen.says("no-channel-samples", "give others as (x, y, ids)")


def test_names_stay_names_and_small_groups_claim_nothing(page, url):
    screen = opened(page, url, "hostile/validation")
    layer_is(screen, MARKUP.replace("/", "_"))
    group(screen, "few").click()
    screen.says("channel-evidence", "Groups of fewer than 4 classes")
    expect(channel_rows(screen)).to_have_count(10)
    expect(screen.find("channels")).to_contain_text(MARKUP)
    # Ids of samples as well, which have no pictures.
    samples = screen.find("channel-samples").locator("li")
    expect(samples).to_have_count(6)
    expect(samples.first.locator(".no-picture")).to_contain_text("pwned=1")
    screen.says("no-channel-samples", "logged no samples with these ids")
    expect(screen.find("channel-samples").locator("img")).to_have_count(0)
    assert screen.frame.evaluate("window.pwned") is None


def test_without_means_it_says_what_to_choose(page, url):
    view = {"run": PLAIN, "view": "responses", "output": "conv1_groups8"}
    screen = Screen(page, url, **view)
    screen.says("no-responses", "the classes of another tree", "Choose")
    screen.choose("output", "class")
    screen.has_no("no-responses")
    layer_is(screen, SHARED)
    screen.choose("run", "none")
    expect(screen.find("no-responses")).to_have_text(
        "This run holds no class means of layers."
    )
    screen.find("tab-errors").click()
    screen.has_no("tab-responses")


def test_axe_finds_nothing_serious(page, url):
    node = int(levels_of(TREE)[0].nodes[0])
    screen = opened(page, url, size=SMALL, rows=TREE.node_ids[node])
    screen.find("channels").wait_for()
    expect(screen.frame.get_by_role("tab")).to_have_count(6)
    assert findings_in_both_themes(screen) == []
