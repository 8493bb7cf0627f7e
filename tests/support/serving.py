"""The real TensorBoard and the real Chromium, as a user starts them."""

import contextlib
import functools
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Features that Playwright switches off, repeated since the last of two such
# flags counts. And the pages of the address bar, which no test sees: they cost
# half a second a window.
NO_FEATURES = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
)
# A headless browser in a container that phones nobody.
CHROMIUM_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(NO_FEATURES)}",
)
# As `-m tensorboard.main` where TensorFlow is not installed.
ALONE = (
    "import sys; sys.modules['tensorflow'] = None; "
    "from tensorboard.main import run_main; run_main()"
)
WINDOW = {"width": 1440, "height": 900}


class Server:
    """A running TensorBoard."""

    def __init__(self, url: str, pid: int, said: str = "") -> None:
        self.url = url
        self.pid = pid
        self.said = said

    @property
    def plugin_url(self) -> str:
        """The page of the plugin, without TensorBoard's own around it."""
        return f"{self.url}data/plugin_entry.html?name=blocks"

    def memory(self) -> int:
        """Returns the bytes that it and its data server take."""
        return sum(memory_of(pid) for pid in _with_children(self.pid))

    def fetch(self, path: str, **parameters: Any) -> tuple[int, bytes]:
        """Returns status and content of a path below the address."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.url}{path}?{query}") as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def get(self, route: str, **parameters: Any) -> Any:
        """Returns the JSON of one of the plugin's routes."""
        path = f"data/plugin/blocks/{route}"
        return json.loads(_successful(self.fetch(path, **parameters)))

    def steps(self, run: str, output: str = "class") -> list[int]:
        """Returns the epochs of an output; none while it is not there."""
        path = "data/plugin/blocks/epochs"
        answer = self.fetch(path, run=run, output=output)
        if answer[0] == 404:
            return []
        return [e["step"] for e in json.loads(_successful(answer))["epochs"]]

    def wait(
        self,
        run: str,
        step: int,
        seconds: float = 120,
        output: str = "class",
    ) -> None:
        """Returns once an epoch is there."""
        end = time.monotonic() + seconds
        while step not in (steps := self.steps(run, output)):
            if time.monotonic() > end:
                raise TimeoutError(f"{run}: no epoch {step} among {steps}")
            time.sleep(0.1)


def _successful(answer: tuple[int, bytes]) -> bytes:
    status, content = answer
    if status != 200:
        raise RuntimeError(f"TensorBoard answered {status}: {content!r}")
    return content


@contextlib.contextmanager
def tensorboard(
    logdir: Path,
    *flags: str,
    open_files: tuple[int, int] | None = None,
    tensorflow: bool = True,
    python: str | Path = sys.executable,
) -> Iterator[Server]:
    """Runs `tensorboard --logdir` with further flags until the block ends."""
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_NOFILE)
    start = ["-m", "tensorboard.main"] if tensorflow else ["-c", ALONE]
    command = [str(python), *start]
    command += ["--logdir", str(logdir), "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(
        [*command, *flags],
        # Not the checkout: a user's working folder holds none of our code.
        cwd=logdir,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        preexec_fn=open_files and functools.partial(limit, open_files),
    ) as process:
        try:
            url, said = _start(process)
            yield Server(url, process.pid, said)
        finally:
            process.terminate()
            # TensorFlow takes seconds to end. And its end is an exception in a
            # signal handler, which is lost where Python ignores exceptions.
            try:
                process.wait(1)
            except subprocess.TimeoutExpired:
                process.kill()


@contextlib.contextmanager
def loaded(logdir: Path, *flags: str) -> Iterator[Server]:
    """Runs TensorBoard without TensorFlow, once it has read the whole log."""
    from keras_hier.log.run_log import RunLog

    folders = {file.parent for file in logdir.rglob("events.out.tfevents.*")}
    with tensorboard(logdir, *flags, tensorflow=False) as server:
        for folder in sorted(folders):
            log = RunLog(folder)
            run = str(folder.relative_to(logdir))
            for output in log.outputs:
                server.wait(run, log.epochs(output)[-1], output=output)
        yield server


def memory_of(pid: int) -> int:
    """Returns the bytes of a process, those it shares counted in part."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found.group(1)) * 1024 if found else 0


def _with_children(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    below = [each for child in children for each in _with_children(int(child))]
    return [pid, *below]


def renderers(browser: Any) -> list[int]:
    """Returns the processes that hold pages."""
    session = browser.new_browser_cdp_session()
    answer = session.send("SystemInfo.getProcessInfo")
    session.detach()
    return [
        int(process["id"])
        for process in answer["processInfo"]
        if process["type"] == "renderer"
    ]


def _start(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Returns the address, and what was said until it was named."""
    said = ""
    for line in process.stderr or ():
        said += line
        if found := re.search(r"http://[^ ]+", line):
            return found.group(), said
    raise RuntimeError(f"TensorBoard did not start: {said}")


_drivers: list[Any] = []


@contextlib.contextmanager
def _driver() -> Iterator[Any]:
    """Yields Playwright, of which a process has one at a time."""
    if _drivers:
        yield _drivers[0]
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        _drivers.append(playwright)
        try:
            yield playwright
        finally:
            _drivers.clear()


@contextlib.contextmanager
def chromium(*flags: str) -> Iterator[Any]:
    """Runs Chromium, yields Playwright's browser."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None or not Path(path).exists():
        raise FileNotFoundError(
            "The browser tests need Chromium: install it (Debian: apt-get "
            "install chromium) or set CHROMIUM to its path."
        )
    with _driver() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*CHROMIUM_FLAGS, *flags]
        )
        try:
            yield browser
        finally:
            browser.close()


def open_blocks(page: Any, url: str) -> Any:
    """Opens the Blocks tab."""
    page.goto(url if "#" in url else f"{url}#blocks")
    frame = page.wait_for_selector("iframe").content_frame()
    # Not before the module has run: until then the frame is an empty page.
    frame.wait_for_selector("body > *", state="attached")
    return frame
