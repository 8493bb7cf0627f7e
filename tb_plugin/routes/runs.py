"""The runs of a log, and the sets of runs that stand for several seeds."""

from collections.abc import Mapping, Sequence

from werkzeug import wrappers

from keras_hier.log.metadata import SPLITS, name_and_split
from tb_plugin.reading import output_order, seeds
from tb_plugin.reading.answers import Json
from tb_plugin.reading.store import Scope
from tb_plugin.routing import Service, route

# One is shown and one compared; others were a moment ago.
MAX_SETS = 8


class RunService(Service):
    """Lists the runs of a log."""

    @route
    def runs(self, request: wrappers.Request, scope: Scope) -> Json:
        """Lists the runs that have matrices, then sets of runs.

        Outputs stand by name. A run without the output `class` begins with the
        outputs whose layers were probed, then those of the deepest layers. The
        page opens `class`, or else the first.

        A set is offered where names of runs of one split differ only in the
        number of a seed, such as `resnet-seed1` and `resnet-seed2`. It has the
        outputs that all of its runs have, and no samples, layers or means. It
        is listed once, with its runs in order.

        Query:
            set: a further set to list, in every split that it has. Optional, up
                to eight times.

        Returns:
            run: what other routes take as a run.
            name, split: the two parts of `run` if it ends in `train`,
                `validation` or `test`. Otherwise `split` is empty.
            outputs: the outputs that have matrices.
            samples: the outputs whose samples were logged.
            layers: the outputs below which layers were probed.
            means: the layers that have class means, with "/" in names as "_".
            members: the names of the runs of a set. Only sets have it.
            asked: other orders of its runs in which the set was requested.

        Example:
            {"runs": [{
              "run": "hier/validation", "name": "hier", "split": "validation",
              "outputs": ["class", "conv4_groups30"], "samples": ["class"],
              "layers": ["class"], "means": ["conv1"]}]}
        """
        found = self._store.outputs(scope)
        outputs = output_order.in_order(self._store, scope, found)
        listed = []
        for run in sorted(outputs):
            name, split = name_and_split(run)
            listed.append(
                {
                    "run": run,
                    "name": name,
                    "split": split,
                    "outputs": list(outputs[run]),
                    "samples": sorted(found.samples.get(run, ())),
                    "layers": sorted(found.layers.get(run, ())),
                    "means": sorted(found.means.get(run, ())),
                }
            )
        asked = request.args.getlist("set")[:MAX_SETS]
        return {"runs": listed + _sets(outputs, asked)}


def _sets(
    outputs: Mapping[str, Sequence[str]], asked: Sequence[str]
) -> list[Json]:
    """Lists the sets that are offered, and others that were asked for."""
    sets = {each.key: each for each in seeds.offered(outputs)}
    is_offered = set(sets.values())
    # However its runs are ordered there, a set is listed once.
    turned: dict[str, list[str]] = {}
    for key in asked:
        each = seeds.run_set(key)
        if each:
            splits = [split for split in SPLITS if split != each.split]
            others = [each._replace(split=split) for split in splits]
            sets |= {one.key: one for one in (each, *others)}
            if key != each.key:
                turned.setdefault(each.key, []).append(key)
    return [
        {
            "run": key,
            "name": seeds.name_of(each, each in is_offered),
            "split": each.split,
            "outputs": common,
            "samples": [],
            "layers": [],
            "means": [],
            "members": list(each.names),
            **({"asked": turned[key]} if key in turned else {}),
        }
        for key, each in sets.items()
        if (common := seeds.outputs_of(each, outputs))
    ]
