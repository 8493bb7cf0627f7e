"""The outputs and layers of the runs that a log lists."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from keras_hier.log import kinds, metadata


class Outputs(NamedTuple):
    """The outputs of each run that have matrices, samples, layers below.

    And the layers of each run that have class means, "/" in their names as "_".
    """

    matrices: dict[str, list[str]]
    samples: dict[str, list[str]]
    layers: dict[str, list[str]]
    means: dict[str, list[str]]


def all_outputs(listed: Mapping[str, Mapping[str, Any]]) -> Outputs:
    """Returns the outputs of all runs among some tags."""
    shown = ("matrix", "samples", "layers", "means")
    return Outputs(*(_outputs_of(listed, kind) for kind in shown))


def _outputs_of(
    listed: Mapping[str, Mapping[str, Any]], kind: str
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for run, tags in listed.items():
        outputs = [
            metadata.output_of(tag)
            for tag, series in tags.items()
            if kinds.kind_of(series.plugin_content) is not None
            and kinds.kind_of_tag(tag) == kind
        ]
        if outputs:
            found[run] = outputs
    return found
