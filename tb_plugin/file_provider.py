"""Our records of event files, as TensorBoard hands them to the plugin.

TensorBoard's own loaders import TensorFlow wherever it is installed, which
takes seconds, and do not say which files are damaged.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from tensorboard.data import provider

from keras_hier.log import kinds
from keras_hier.log.event_files import event_reader
from keras_hier.log.event_files.event_reader import Series


class FileProvider:
    """Takes the place of TensorBoard's `DataProvider`, over some folders.

    Attributes:
        damage: str [n], a sentence for each file that could not be read to its
            end.
    """

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._series: dict[str, Series] = {}
        self.damage: list[str] = []
        for run, folder in folders.items():
            self._series[run], damage = event_reader.read(str(folder))
            self.damage += damage

    def list_tensors(self, *_: Any, **query: Any) -> dict[str, dict[str, Any]]:
        """Returns how far each tag of each run goes."""
        return {
            run: {
                tag: provider.TensorTimeSeries(
                    max_step=records[-1].step,
                    max_wall_time=records[-1].wall_time,
                    plugin_content=kinds.metadata_content(kind),
                    description="",
                    display_name="",
                )
                for tag, (kind, records) in tags.items()
            }
            for run, tags in self._filtered(query).items()
        }

    def read_tensors(self, *_: Any, **query: Any) -> dict[str, dict[str, Any]]:
        """Returns the records of each tag of each run."""
        return {
            run: {
                tag: [
                    provider.TensorDatum(
                        record.step,
                        record.wall_time,
                        np.array(record.blob, object),
                    )
                    for record in records
                ]
                for tag, (_, records) in tags.items()
            }
            for run, tags in self._filtered(query).items()
        }

    def _filtered(self, query: Mapping[str, Any]) -> dict[str, Series]:
        wanted = query.get("run_tag_filter") or provider.RunTagFilter()
        return {
            run: {
                tag: series
                for tag, series in tags.items()
                if wanted.tags is None or tag in wanted.tags
            }
            for run, tags in self._series.items()
            if wanted.runs is None or run in wanted.runs
        }
