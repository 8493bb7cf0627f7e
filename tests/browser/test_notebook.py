"""`kh.show`: the tab in a notebook's frame, and its picture."""

import io

import keras
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

import keras_hier as kh
from tests.support.serving import WINDOW

TRUE = np.repeat(["bike", "bus", "pug", "<i>tabby</i>"], 30)
NAMED = np.concatenate([np.roll(TRUE[:60], 9), np.roll(TRUE[60:], 12)])


@pytest.fixture(scope="module")
def shown():
    return kh.show(TRUE, NAMED, height=700)


def test_the_tab_runs_in_a_frame_of_its_own(shown, browser, tmp_path):
    path = tmp_path / "notebook.html"
    path.write_text(f"<h1>notebook</h1>{shown._repr_html_()}", "utf-8")
    context = browser.new_context(viewport=WINDOW, offline=True)
    page, said = context.new_page(), []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    frame = page.frame_locator("iframe")
    matrix = frame.get_by_test_id("matrix")
    expect(matrix).to_have_attribute(
        "aria-label", "Confusion matrix of 120 samples, 42 errors, epoch 1"
    )
    # It has no way to the notebook around.
    assert page.frames[1].evaluate("origin") == "null"
    frame.get_by_role("tab", name="Quality").click()
    expect(frame.locator("body")).to_contain_text("<i>tabby</i>")
    context.close()
    assert said == []


def test_the_picture_is_of_the_same_epoch(shown):
    with Image.open(io.BytesIO(shown._repr_png_())) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 500


def test_keras_still_logs_to_tensorboard_afterwards(shown, tmp_path):
    # Which it does by the TensorFlow that TensorBoard sees in this process.
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    callback = keras.callbacks.TensorBoard(tmp_path)
    data = np.zeros((4, 2)), np.zeros(4)
    model.fit(*data, verbose=0, callbacks=[callback])
    assert list(tmp_path.rglob("events*"))


def test_a_run_is_shown_as_it_was_logged(tmp_path):
    kh.log_predictions(tmp_path / "run", TRUE, NAMED)
    assert "srcdoc=" in kh.show(tmp_path / "run")._repr_html_()
    with pytest.raises(ValueError, match="goes without predictions"):
        kh.show(str(tmp_path / "run"), NAMED)
    with pytest.raises(ValueError, match="There is no folder"):
        kh.show("nowhere")
