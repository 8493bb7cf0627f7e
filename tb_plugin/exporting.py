"""The tab as one file: the page, and the answers that it asks for.

The page asks `src/file/fileSource.ts` in place of the server. Answers about the
epochs in the file are collected here. Other questions get a sentence.
"""

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from werkzeug.test import Client

from keras_hier.log import metadata
from keras_hier.log.event_files.event_reader import holds_records
from keras_hier.log.event_files.restarts import spans
from keras_hier.log.run_log import LogError, RunLog
from tb_plugin.exported_page import Answers, as_json, key_of, packed, page
from tb_plugin.exported_samples import fitting, parts_of, thumbnails_of
from tb_plugin.file_provider import FileProvider
from tb_plugin.plugin import BlocksPlugin

# A run of the page, and one of its outputs.
Series = tuple[str, str]


class Export:
    """Collects what the page asks of some splits of a run.

    Args:
        splits: folder of each split, by what the page calls it.
        with_samples: whether samples are asked for as well, but their
            thumbnails.

    Attributes:
        damage: str [n], a sentence for each damaged file.
    """

    def __init__(
        self, splits: dict[str, Path], with_samples: bool = False
    ) -> None:
        self._with_samples = with_samples
        files = FileProvider(splits)
        self.damage = tuple(files.damage)
        context: Any = SimpleNamespace(data_provider=files)
        plugin = BlocksPlugin(context)
        self._kept: dict[str, bytes | None] = {}
        self._clients = {
            route: Client(app)
            for route, app in plugin.get_plugin_apps().items()
        }

    def outputs(self) -> list[Series]:
        """Returns each run of the page with each of its outputs."""
        return [
            (run["run"], output)
            for run in self._asked("runs")["runs"]
            for output in run["outputs"]
        ]

    def steps(self, run: str, output: str) -> list[int]:
        """Returns the epochs of an output that can be read."""
        epochs = self._asked("epochs", run=run, output=output)["epochs"]
        return [each["step"] for each in epochs if "error" not in each]

    def answers(self, steps: Mapping[Series, Sequence[int]]) -> Answers:
        """Asks what the page will ask.

        Args:
            steps: the epochs of each run and output that go into the file.
        """
        runs = self._asked("runs")["runs"]
        # The page offers no view whose answers are left out.
        shown = [
            {
                **run,
                "outputs": outputs,
                "samples": [
                    each
                    for each in run["samples"]
                    if self._with_samples and each in outputs
                ],
                "layers": [],
                "means": [],
            }
            for run in runs
            if (
                outputs := [
                    each
                    for each in run["outputs"]
                    if steps.get((run["run"], each))
                ]
            )
        ]
        found: Answers = {key_of("runs"): as_json({"runs": shown})}
        for (run, output), kept in steps.items():
            if kept:
                self._add_output(found, run, output, set(kept))
        for each in shown:
            for output in each["samples"]:
                last = steps[each["run"], output][-1]
                self._add_samples(found, each["run"], output, last)
        self._add_tests(found, steps)
        return found

    def _add_output(
        self, found: Answers, run: str, output: str, kept: set[int]
    ) -> None:
        about = {"run": run, "output": output}
        series = self._asked("epochs", **about)
        epochs = [each for each in series["epochs"] if each["step"] in kept]
        found[key_of("epochs", **about)] = as_json({**series, "epochs": epochs})
        curves = self._asked("curves", **about)["epochs"]
        points = [each for each in curves if each["step"] in kept]
        found[key_of("curves", **about)] = as_json({"epochs": points})
        for epoch in epochs:
            tree = {"run": run, "digest": epoch["hierarchy"]}
            if epoch["grouping"]:
                tree["grouping"] = epoch["grouping"]
            self._add(found, "hierarchy", **tree)
            self._add(found, "matrix", **about, step=epoch["step"])
        # Analyses of the last epoch, on which the page opens.
        last = {**about, "step": epochs[-1]["step"]}
        self._add(found, "quality", **last)
        self._add(found, "agreement", **last)
        self._add(found, "order", **last)
        for level in range(len(points[-1].get("accuracy", ()))):
            self._add(found, "surprise", **last, level=level)

    def _add_tests(
        self, found: Answers, steps: Mapping[Series, Sequence[int]]
    ) -> None:
        """Asks which groups differ in the last epoch.

        From the first one and the last but one, and between splits.
        """
        for one, other in itertools.product(filter(steps.get, steps), repeat=2):
            if one[1] != other[1]:
                continue
            *before, last = steps[other]
            if one == other:
                earlier = {*before[:1], *before[-1:]}
            else:
                earlier = {steps[one][-1]}
            for step in earlier:
                self._add(
                    found,
                    "significance",
                    run=one[0],
                    output=one[1],
                    step=step,
                    other_run=other[0],
                    other_output=other[1],
                    other_step=last,
                )

    def _add_samples(
        self, found: Answers, run: str, output: str, upto: int
    ) -> None:
        """Asks for the samples of the last epoch that has some."""
        about = {"run": run, "output": output}
        epochs = self._asked("sample_epochs", **about)["epochs"]
        last = [
            each
            for each in epochs
            if "error" not in each and each["step"] <= upto
        ][-1:]
        found[key_of("sample_epochs", **about)] = as_json({"epochs": last})
        for epoch in last:
            self._add(found, "samples", **about, step=epoch["step"])
            self._add(found, "sample_index", run=run, digest=epoch["index"])
            self._add(found, "hierarchy", run=run, digest=epoch["hierarchy"])

    def _add(self, found: Answers, route: str, **query: Any) -> None:
        # With fewer epochs the same is asked again.
        key = key_of(route, **query)
        if key not in self._kept:
            reply = self._get(route, query)
            # Refusals of the server are left out.
            is_answer = reply.status_code == 200
            self._kept[key] = packed(reply.data) if is_answer else None
        if (answer := self._kept[key]) is not None:
            found[key] = answer

    def _asked(self, route: str, **query: Any) -> Any:
        return json.loads(self._get(route, query).data)

    def _get(self, route: str, query: Mapping[str, Any]) -> Any:
        return self._clients[f"/{route}"].get(query_string=query)


class File(NamedTuple):
    """A run as one file.

    Attributes:
        page: HTML.
        outputs: how many outputs it has, of all splits.
        kept: how many epochs of the longest are in it.
        epochs: how many that has.
        thumbnails: how many are in it.
        all_thumbnails: how many were logged.
        damage: str [n], a sentence for each damaged file.
    """

    page: bytes
    outputs: int
    kept: int
    epochs: int
    thumbnails: int
    all_thumbnails: int
    damage: tuple[str, ...]


class Wanted(NamedTuple):
    """A choice of what goes into a file; None for all that there is.

    Attributes:
        split: the only one.
        output: the only one.
        epochs: the first and the last.
    """

    split: str | None = None
    output: str | None = None
    epochs: tuple[int, int] | None = None

    def steps(self, export: Export, folder: Path) -> dict[Series, list[int]]:
        """Returns the epochs that are wanted of each output.

        Raises:
            LogError: there are none.
        """
        found = {each: export.steps(*each) for each in export.outputs()}
        if not any(found.values()):
            raise LogError(f"{str(folder)!r} has no epoch that can be read.")
        if self.output is not None:
            names = sorted({repr(output) for _, output in found})
            found = {k: v for k, v in found.items() if k[1] == self.output}
            if not found:
                raise LogError(
                    f"{str(folder)!r} has no output {self.output!r}; it has "
                    f"{', '.join(names)}."
                )
        if self.epochs is not None:
            first, last = self.epochs
            there = sorted({step for steps in found.values() for step in steps})
            found = {
                k: [step for step in steps if first <= step <= last]
                for k, steps in found.items()
            }
            if not any(found.values()):
                raise LogError(
                    f"{str(folder)!r} has no epoch of {first} to {last}; it "
                    f"has {spans(there)}."
                )
        return found


ALL = Wanted()


def exported(
    folder: Path,
    wanted: Wanted = ALL,
    most_bytes: float = math.inf,
    with_samples: bool = False,
) -> File:
    """Makes the file of a run.

    Args:
        folder: of the run.
        wanted: what of it to take.
        most_bytes: epochs are left out, evenly, until the file is no larger.
            The last epoch always stays. Thumbnails take what room is left.
        with_samples: whether to put in the samples of the last epoch.

    Raises:
        LogError: no such run, or nothing of what is wanted.
    """
    splits, name = _splits(folder, wanted.split), folder.resolve().name
    export = Export(splits, with_samples)
    steps = wanted.steps(export, folder)
    epochs = kept = max(map(len, steps.values()))
    while True:
        chosen = {each: _thinned(all_, kept) for each, all_ in steps.items()}
        answers = export.answers(chosen)
        data = page(answers, name)
        if len(data) <= most_bytes or kept == 1:
            break
        # The page itself is a part of the size: this may take a few rounds.
        share = most_bytes / len(data)
        kept = max(1, min(kept - 1, int(kept * share)))
    found = thumbnails_of(splits, wanted.output) if with_samples else []
    taken = fitting(found, most_bytes - len(data))
    if taken:
        parts = parts_of(taken)
        answers |= {
            key_of("pictures", **of): packed(part) for of, part in parts
        }
        data = page(answers, name)
    counts = len(steps), kept, epochs, len(taken), len(found)
    return File(data, *counts, export.damage)


def _splits(folder: Path, split: str | None) -> dict[str, Path]:
    """Returns the folders of the splits of a run, by what the page says."""
    name = folder.resolve().name
    wanted = metadata.SPLITS if split is None else (split,)
    found = {
        f"{name}/{each}": folder / each
        for each in wanted
        if (folder / each).is_dir() and holds_records(str(folder / each))
    }
    # The folder of a split, or of a run without any; or what is wrong with it.
    return found or {RunLog(folder, split).name: folder}


def _thinned(steps: Sequence[int], most: int) -> list[int]:
    """Returns so many epochs, evenly, the last among them."""
    if len(steps) <= most:
        return list(steps)
    places = np.linspace(len(steps) - 1, 0, most).round().astype(int)
    return [steps[at] for at in sorted(set(places.tolist()))]
