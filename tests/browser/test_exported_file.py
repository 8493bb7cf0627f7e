"""The tab as one file, opened from disk without a network."""

import base64
import re
from urllib.parse import quote, urlencode

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from keras_hier.cli import main
from tests.support.serving import WINDOW, loaded

SCRIPT = "</script><img src=x onerror=document.title='run'>"
CLASSES = ["__proto__", SCRIPT, "pug", "tabby"]
TREE = kh.Hierarchy.from_nested(
    {"<b>thing</b>": CLASSES[:2], "animal": CLASSES[2:]}, classes=CLASSES
)
MATRIX = np.array([[30, 9, 1, 0], [4, 35, 0, 1], [0, 1, 38, 8], [1, 0, 2, 37]])
# Of each class four samples: one is right, one named as each other class.
LABELS = np.repeat(np.arange(4), 4)
NAMED = np.arange(16) % 4
IDS = [f"{SCRIPT}{sample:02}" for sample in range(16)]
# Of two splits and the chosen group, with bands, grid and marks.
CURVES = 23
RATES = 15
DRAWN = '[data-testid="matrix"][aria-label*="samples"]'


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("log") / "mine"
    for split, factor in (("validation", 1), ("train", 3)):
        with kh.BlocksWriter(folder, TREE, split) as log:
            for epoch in range(1, 7):
                right = np.diag(np.diag(MATRIX)) * epoch
                log.matrix(factor * (MATRIX + right), epoch)
            if split == "validation":
                best = np.stack([NAMED, (NAMED + 1) % 4], 1)
                shares = np.tile([0.6, 0.3], (16, 1))
                for epoch in (2, 5):
                    index = log.samples(LABELS, (best, shares), epoch, ids=IDS)
                # Noise, so that each takes some kilobytes.
                rng = np.random.default_rng(0)
                shades = rng.integers(0, 255, (16, 64, 64), dtype=np.uint8)
                log.pictures(index, shades)
    return folder


@pytest.fixture
def exported(run, tmp_path, browser, capsys):
    """Exports the run and opens the file; nothing may be asked for."""
    asked, said = [], []
    contexts = []

    def open_file(*options, fragment=""):
        path = tmp_path / "report.html"
        assert main(["export", str(run), "--out", str(path), *options]) == 0
        context = browser.new_context(viewport=WINDOW, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{path.as_uri()}{fragment}")
        page.wait_for_selector(DRAWN)
        return page, capsys.readouterr().out

    yield open_file
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith("file:")] == []
    assert said == []


def epoch_of(page):
    label = page.locator(DRAWN).get_attribute("aria-label")
    return int(label.rpartition(" ")[2])


def test_a_file_is_the_whole_tab(exported):
    page, out = exported()
    assert "1 output" not in out
    assert (
        "epochs: 6. Samples, answers, layers and responses are not in it."
        in out
    )
    assert epoch_of(page) == 6
    assert page.title() == "Blocks"
    panel = page.get_by_test_id("panel")
    # By hand: 140 x 7 of 140 x 7 + 27.
    expect(panel).to_contain_text("97.3")
    # Names are text, and nothing in them runs.
    expect(page.get_by_test_id("gutter")).to_contain_text("__proto__")
    assert page.locator("img").count() == 0
    page.keyboard.press("Home")
    page.wait_for_selector(f'{DRAWN}[aria-label$="epoch 1"]')
    # A link opens what was shown.
    expect(page).to_have_url(re.compile("step"))
    fragment = "#" + page.url.partition("#")[2]
    again, _ = exported(fragment=fragment)
    assert epoch_of(again) == 1


def test_curves_are_those_of_the_server(exported, run, browser):
    with loaded(run.parent) as server:
        context = browser.new_context(viewport=WINDOW)
        tab = context.new_page()
        for part, curves, view in (
            ("strip", CURVES, {"rows": "animal"}),
            # The two sides share a class.
            ("part-curves", RATES, {"rows": "pug", "columns": "animal"}),
        ):
            view |= {"run": "mine/validation"}
            state = quote(urlencode(view), safe="")
            page, _ = exported(fragment=f"#blocks&p.blocks.s={state}")
            served = Screen(tab, server.plugin_url, **view).ready()
            texts = []
            for frame in (page, served.frame):
                strip = frame.get_by_test_id(part)
                expect(strip).to_contain_text("animal")
                # The other split is drawn once it has come.
                paths = strip.locator("path")
                expect(paths).to_have_count(curves)
                drawn = [each.get_attribute("d") for each in paths.all()]
                texts.append([*drawn, strip.text_content()])
            assert texts[0] == texts[1]
            assert any(texts[0])
        context.close()


@pytest.mark.parametrize(
    ("other", "is_tested"),
    [
        ({"with": "mine/train"}, True),
        ({"with": "mine/validation", "withStep": "1"}, True),
        ({"with": "mine/validation", "withStep": "3"}, False),
    ],
)
def test_groups_are_tested_or_said_not_to_be(exported, other, is_tested):
    state = quote(urlencode({"run": "mine/validation", **other}), safe="")
    page, _ = exported(fragment=f"#blocks&p.blocks.s={state}")
    said = page.get_by_test_id("caption")
    expect(said).to_contain_text("errors: ")
    if is_tested:
        expect(said).to_contain_text("· tested by counts")
        expect(said).not_to_contain_text("groups not tested")
    else:
        expect(said).to_contain_text("groups not tested")


def test_what_is_not_in_it_is_said(exported):
    page, _ = exported()
    page.get_by_role("tab", name="Quality").click()
    expect(page.locator("body")).to_contain_text("pairs")
    page.keyboard.press("Home")
    expect(page.locator("body")).to_contain_text("That is not in this file")
    # No samples, layers or responses: they are not offered.
    for view in ("Samples", "Layers", "Responses"):
        expect(page.get_by_text(view, exact=True)).to_have_count(0)


def test_samples_are_shown_with_their_thumbnails(exported, tmp_path):
    pair = quote(urlencode({"rows": "pug", "columns": "tabby"}), safe="")
    page, out = exported("--samples", fragment=f"#blocks&p.blocks.s={pair}")
    assert "epochs: 6, thumbnails: 16. Answers, layers and responses" in out
    page.get_by_test_id("tab-samples").click()
    # A pug that is named tabby.
    expect(page.get_by_test_id("grid-title")).to_contain_text("1 error")
    picture = page.locator("[data-sample] img")
    expect(picture).to_have_attribute("src", re.compile("^data:image/jpeg"))
    assert picture.evaluate("each => each.naturalWidth") == 64
    picture.click()
    expect(page.get_by_test_id("panel")).to_contain_text(SCRIPT)
    assert page.locator("img:not([src^='data:image/jpeg'])").count() == 0
    assert page.title() == "Blocks"


def test_thumbnails_of_errors_go_before_others(exported, tmp_path):
    _, out = exported("--samples")
    path = tmp_path / "report.html"
    most = path.stat().st_size - 5000
    # Twelve of them are errors: two or so are left out of the others.
    page, out = exported("--samples", "--max-size", f"{most / 1e6}")
    kept = int(re.search(r"epochs: 6, thumbnails: (\d+) of 16", out)[1])
    assert 12 <= kept < 16
    assert path.stat().st_size <= most
    page.get_by_test_id("tab-samples").click()
    expect(page.locator("[data-sample] img")).to_have_count(12)


def test_chosen_epochs_are_all_that_is_in_it(exported):
    page, out = exported("--epochs", "2-4", "--output", "class", "--samples")
    assert "epochs: 3, thumbnails: 16." in out
    assert epoch_of(page) == 4
    page.keyboard.press("Home")
    page.wait_for_selector(f'{DRAWN}[aria-label$="epoch 2"]')
    # Those that were logged before the last of these.
    page.get_by_test_id("tab-samples").click()
    expect(page.get_by_test_id("grid-title")).to_contain_text("12 errors")


def test_a_small_file_leaves_out_epochs(exported, run, tmp_path):
    path = tmp_path / "report.html"
    page, out = exported()
    whole = path.stat().st_size
    small = f"{(whole - 1500) / 1e6}"
    page, out = exported("--max-size", small)
    found = re.search(r"epochs: (\d) of 6", out)
    assert found
    assert path.stat().st_size <= float(small) * 1e6
    assert epoch_of(page) == 6
    page, out = exported("--max-size", "0.1", "--split", "validation")
    assert "epochs: 1 of 6" in out
    assert epoch_of(page) == 6


def test_nothing_but_its_own_script_may_run(exported, tmp_path):
    exported()
    text = (tmp_path / "report.html").read_text()
    policy = re.search('Security-Policy" content="([^"]*)"', text)[1]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    # As data, no name stands in the page.
    assert SCRIPT not in text
    assert len(re.findall("</script", text)) == 2
    data = re.search('id="blocks-data">([^<]*)<', text)[1]
    assert base64.b64decode(data, validate=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "--out", "a.html"], "There is no folder 'nowhere'"),
        (["RUN", "--out", "a.pdf"], "ends in .html"),
        (["RUN", "--out", "a.html", "--split", "test"], "no split 'test'"),
        (["RUN", "--out", "a.html", "--output", "x"], "it has 'class'."),
        (["RUN", "--out", "a.html", "--epochs", "7-9"], "has epochs 1 to 6"),
        (["RUN", "--out", "a.html", "--max-size", "nan"], "must be above 0"),
        (["RUN", "--out", "a.html", "--max-size", "-1"], "must be above 0"),
    ],
)
def test_bad_input_is_one_error(
    run, arguments, message, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    given = [str(run) if each == "RUN" else each for each in arguments]
    assert main(["export", *given]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
