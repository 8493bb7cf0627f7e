"""The real TensorBoard over real data, in the real Chromium."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from logged import EPOCHS, PREDICTIONS, write_damaged, write_hostile
from screen import Screen
from visiting import PATIENCE, SharedPage, quiet

import keras_hier as kh
from tests.support.derived_log import draw_answers, load_answers, write_log
from tests.support.serving import WINDOW, Server, chromium, loaded

STATIC = Path(__file__).parents[2] / "tb_plugin/static/index.js"
# A page of a test lives for a second: optimizing its code takes longer than the
# code then runs.
UNOPTIMIZED = "--js-flags=--no-opt,--no-maglev"
# The pauses between two looks are five seconds and more, no others are.
HURRY = """(() => {
  const { setTimeout } = window;
  window.setTimeout = (task, pause, ...rest) =>
    setTimeout(task, pause < 5000 ? pause : 250, ...rest);
})()"""
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium. Without one the tests fail: nothing is skipped silently."""
    try:
        context = chromium(UNOPTIMIZED)
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
def matrix(answers: Any) -> np.ndarray:
    """The last confusion matrix of run `plain`, int [1000, 1000] by label."""
    flat = answers.labels * 1000 + answers.predictions
    return np.bincount(flat, minlength=1_000_000).reshape(1000, 1000)


def written_once(
    factory: pytest.TempPathFactory, write: Callable[[Path], None]
) -> Path:
    """Returns a folder that the processes of a test run share."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        folder = factory.mktemp("runs")
        write(folder)
        return folder
    folder = factory.getbasetemp().parent / "runs"
    try:
        folder.with_name("runs-begun").mkdir()
    except FileExistsError:
        end = time.monotonic() + 300
        while not folder.exists():
            assert time.monotonic() < end, "Another process writes no log."
            time.sleep(0.1)
        return folder
    unfinished = folder.with_name("runs-unfinished")
    write(unfinished)
    return unfinished.rename(folder)


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

    def write(folder: Path) -> None:
        write_log(answers, hierarchy, folder, EPOCHS)
        write_hostile(folder / "hostile")
        write_damaged(folder / "damaged")

    # With TensorFlow the plugin is tested in tests/plugin/test_server.py.
    folder = written_once(tmp_path_factory, write)
    with loaded(folder) as server:
        yield server


@pytest.fixture(scope="session")
def shared(browser: Any) -> Iterator[SharedPage]:
    """The page that tests are lent."""
    shared = SharedPage(browser)
    yield shared
    shared.close()


def lend(
    request: pytest.FixtureRequest, shared: SharedPage, may_fail: bool
) -> Iterator[Any]:
    is_clean = False
    try:
        with quiet(shared.lend(), may_fail) as page:
            yield page
        is_clean = not request.node.stash.get(FAILED, False)
    finally:
        if is_clean:
            shared.take_back()
        else:
            shared.close()


@pytest.fixture
def page(request: pytest.FixtureRequest, shared: SharedPage) -> Iterator[Any]:
    """A clean page; at the end it must have been quiet and at home."""
    yield from lend(request, shared, may_fail=False)


@pytest.fixture
def tab(request: pytest.FixtureRequest, shared: SharedPage) -> Iterator[Any]:
    """The same, whose requests may fail."""
    yield from lend(request, shared, may_fail=True)


@pytest.fixture
def moving(page: Any) -> None:
    """Lets the page glide, as it does for who does not want it still."""
    page.emulate_media(reduced_motion="no-preference")


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages of their own: for what clings to one, or needs a fresh one.

    Its arguments are those of Playwright's contexts and `may_fail`.
    """
    with contextlib.ExitStack() as stack:

        def opened(may_fail: bool = False, **options: Any) -> Any:
            context = browser.new_context(**{"viewport": WINDOW, **options})
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE)
            return stack.enter_context(quiet(context.new_page(), may_fail))

        yield opened


@pytest.fixture
def hurried(new_page: Callable[..., Any]) -> Any:
    """A page that looks for news at once, where others wait for seconds."""
    page = new_page(may_fail=True)
    page.add_init_script(HURRY)
    return page


@pytest.fixture
def screen(page: Any, server: Server) -> Screen:
    """The page of run `plain`, validation, last epoch."""
    return Screen(page, server.plugin_url, run="plain/validation").ready()


@pytest.fixture
def framed(page: Any, server: Server) -> Screen:
    """The same in TensorBoard's own page, which takes seconds to open."""
    return Screen(page, server.url, run="plain/validation").ready()
