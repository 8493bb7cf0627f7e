"""The real TensorBoard over real data, in the real Chromium."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from logged import EPOCHS, PREDICTIONS, write_damaged, write_hostile
from screen import Screen

import keras_hier as kh
from benchmarks.logs.derived_log import draw_answers, load_answers, write_log
from benchmarks.speed.serving import WINDOW, Server, chromium, tensorboard

STATIC = Path(__file__).parents[2] / "tb_plugin/static/index.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium. Without one the tests fail: nothing is skipped silently."""
    try:
        context = chromium()
        browser = context.__enter__()
    except FileNotFoundError as error:
        pytest.fail(str(error), pytrace=False)
    yield browser
    context.__exit__(None, None, None)


@pytest.fixture(scope="session")
def hierarchy() -> kh.Hierarchy:
    """The ILSVRC-2012 tree."""
    return kh.Hierarchy.imagenet()


@pytest.fixture(scope="session")
def answers(hierarchy: kh.Hierarchy) -> Any:
    """A real network's answers, or drawn ones where the data are not there."""
    if PREDICTIONS.exists():
        return load_answers(PREDICTIONS, hierarchy)
    print(f"{PREDICTIONS} is not there: the browser tests use drawn answers.")
    return draw_answers(hierarchy)


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory,
    hierarchy: kh.Hierarchy,
    answers: Any,
) -> Iterator[Server]:
    """TensorBoard over runs `plain` and `hier` of eight epochs, and others."""
    if not STATIC.exists():
        pytest.fail(
            "The frontend is not built: run `pip install -e .` first.",
            pytrace=False,
        )
    folder = tmp_path_factory.mktemp("runs")
    write_log(answers, hierarchy, folder, EPOCHS)
    write_hostile(folder / "hostile")
    write_damaged(folder / "damaged")
    with tensorboard(folder) as server:
        server.wait("plain/validation", EPOCHS)
        server.wait("plain/train", EPOCHS)
        server.wait("hier/validation", EPOCHS)
        server.wait("hostile/validation", 1)
        server.wait("damaged/validation", 3)
        yield server


@pytest.fixture
def page(browser: Any, server: Server) -> Iterator[Any]:
    """A fresh page; at the end it must have been quiet and at home."""
    context = browser.new_context(viewport=WINDOW)
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints: list[str] = []
    strangers: list[str] = []
    page.on(
        "console",
        lambda m: complaints.append(m.text) if m.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda r: (
            None
            if r.url.startswith((server.url, "data:", "blob:"))
            else strangers.append(r.url)
        ),
    )
    yield page
    context.close()
    assert complaints == []
    assert strangers == []


@pytest.fixture
def screen(page: Any, server: Server) -> Screen:
    """The Blocks tab of run `plain`, validation, last epoch."""
    return Screen(page, server.url, run="plain/validation").ready()
