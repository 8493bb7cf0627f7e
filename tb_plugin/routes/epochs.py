"""The epochs of an output, and the matrix of one."""

from werkzeug import wrappers

from keras_hier.log.records.container import CodecError
from tb_plugin.reading import parameters
from tb_plugin.reading.answers import Json
from tb_plugin.reading.epochs import AnyEpoch
from tb_plugin.reading.store import Scope
from tb_plugin.routing import Service, route, stored


class EpochService(Service):
    """Answers what was logged of an output, epoch by epoch."""

    @route
    def epochs(self, request: wrappers.Request, scope: Scope) -> Json:
        """Lists the epochs of an output, by step.

        Epochs that a later attempt of the run replaced are left out. A set has
        the epochs that all of its runs have. There `total` and `correct` are
        sums, and `nonzeros` is the most that the sum can have. An epoch has an
        error if one of the runs cannot be read, or has another tree.

        Query:
            run, output: whose epochs.

        Returns:
            role: `class`, `head` or `probe`.
            layer: the layer that a head or probe reads, or null.
            epochs: the epochs, each with the entries below.
            step: its number; `wall_time` are seconds since 1970.
            error: why the record cannot be read, in place of what follows.
            hierarchy, grouping, total, correct, nonzeros: of `MatrixHeader` in
                docs/reference/record-formats.md.
            coarse: samples that stand in no cell, since their label names a
                group only. Left out if there are none, with the next two.
            coarse_levels: `[groups, judged, right]` of these, a display level
                each.
            coarse_largest: how many of the judged are of the largest group, for
                each level: so many are right if it is always named.
            runs: how many runs an epoch of a set sums.
            left_out: for each `run` of a set, the `steps` that others lack.

        Example:
            {"role": "class", "layer": null, "epochs": [
              {"step": 1, "wall_time": 1770000000.25,
               "hierarchy": "5e2807ce176b1042", "grouping": null,
               "total": 50000, "correct": 36366, "nonzeros": 781}]}
        """
        run, output = parameters.output_of(request)
        series = self._store.epochs(scope, run, output)
        members = self._store.series_of_members(scope, run, output)
        found: Json = {"role": "class", "layer": None}
        listed = []
        for epoch in series:
            entry: Json = {"step": epoch.step, "wall_time": epoch.wall_time}
            try:
                entry |= _of_header(epoch)
                found["role"] = epoch.header.role
                found["layer"] = epoch.header.layer
            except CodecError as error:
                entry["error"] = str(error)
            listed.append(entry)
        found["epochs"] = listed
        if len(members) > 1:
            shown = {epoch.step for epoch in series}
            found["left_out"] = [
                {
                    "run": member,
                    "steps": [e.step for e in each if e.step not in shown],
                }
                for member, each in members.items()
            ]
        return found

    @route
    def matrix(
        self, request: wrappers.Request, scope: Scope
    ) -> wrappers.Response:
        """Sends one matrix as it is stored; that of a set is the sum.

        The bytes begin with `KHM1` (docs/reference/record-formats.md). Rows and
        columns are in label order.

        Query:
            run, output, step: the epoch.
        """
        epoch = self._store.epoch(scope, *parameters.epoch_of(request))
        return stored(request, epoch.checked_blob)


def _of_header(epoch: AnyEpoch) -> Json:
    """Returns what the header of an epoch says of its matrix."""
    header = epoch.header
    entry: Json = {"runs": epoch.runs} if epoch.runs > 1 else {}
    entry |= {
        "hierarchy": header.hierarchy,
        "grouping": header.grouping,
        "total": header.total,
        "correct": header.correct,
        "nonzeros": header.nonzeros,
    }
    if header.coarse:
        entry["coarse"] = header.coarse
        entry["coarse_levels"] = header.coarse_levels
        if header.coarse_largest:
            entry["coarse_largest"] = header.coarse_largest
    return entry
