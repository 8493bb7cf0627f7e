"""The network's answers for single samples, and the samples' pictures."""

from tensorboard import errors
from tensorboard.backend import http_util
from werkzeug import wrappers

from tb_plugin.reading import parameters
from tb_plugin.reading.answers import Json
from tb_plugin.reading.store import Scope
from tb_plugin.routing import Service, route, stored

MAX_PICTURES = 500


class SampleService(Service):
    """Answers what was logged of single samples."""

    @route
    def sample_epochs(self, request: wrappers.Request, scope: Scope) -> Json:
        """Lists the epochs whose samples were logged.

        Query:
            run, output: whose samples.

        Returns:
            epochs: the epochs, each with the entries below.
            step: as in `epochs`, with its `wall_time`.
            samples, classes, top, hierarchy, index: of `SamplesHeader` in
                docs/reference/record-formats.md.
            error: why the header cannot be read, in place of these. Other
                damage shows when the record is asked for.
        """
        return self._samples.epochs(scope, *parameters.output_of(request))

    @route
    def samples(
        self, request: wrappers.Request, scope: Scope
    ) -> wrappers.Response:
        """Sends the best classes of every sample of an epoch, as stored.

        The bytes begin with `KHS1` (docs/reference/record-formats.md).

        Query:
            run, output, step: the epoch.
        """
        blob = self._samples.blob(scope, *parameters.epoch_of(request))
        return stored(request, blob)

    @route
    def sample_index(
        self, request: wrappers.Request, scope: Scope
    ) -> wrappers.Response:
        """Sends the ids and true classes of samples: the stored JSON.

        Its `version`, `counts`, `ids` and `named` are those of the index in
        docs/reference/record-formats.md.

        Query:
            run, digest: whose index, and which.
        """
        run = parameters.text(request, "run")
        digest = parameters.digest(request, "digest")
        blob = self._samples.index_blob(scope, run, digest)
        return stored(request, blob, "application/json")

    @route
    def sample_history(self, request: wrappers.Request, scope: Scope) -> Json:
        """Returns the predictions for one sample in every epoch.

        Epochs with another index, or with other numbers for the classes, are
        left out.

        Query:
            run, output: whose predictions.
            index: digest of the index.
            sample: number of the sample in the index.
            hierarchy: digest of a tree that numbers the classes as the client
                wants. Optional: the tree of the last epoch.

        Returns:
            label: the true class.
            epochs: by `step`, each with the entries below, or an `error`.
            classes, probabilities: the best classes, best first.
            actual: the probability of the true class.
            rank: its place, from 1. Both are null where the class is beyond the
                best and nothing else was logged.
        """
        hierarchy = None
        run, output = parameters.output_of(request)
        index = parameters.digest(request, "index")
        sample = parameters.number("sample", parameters.text(request, "sample"))
        if "hierarchy" in request.args:
            hierarchy = parameters.digest(request, "hierarchy")
        return self._samples.history(
            scope, run, output, index, sample, hierarchy
        )

    @route
    def pictures(
        self, request: wrappers.Request, scope: Scope
    ) -> wrappers.Response:
        """Sends thumbnails of samples, packed like a piece of the log.

        The bytes begin with `KHP1` (docs/reference/record-formats.md). Samples
        without a picture are left out, and the answer is empty where none has
        one. A picture that could not be read is a file of no bytes. If all
        take more than 4 MiB, ask again from the second of `firsts` on.

        Query:
            run: whose pictures.
            index: digest of the index.
            samples: up to 500 numbers of samples, such as `0,2,17`.
        """
        parts = parameters.text(request, "samples").split(",", MAX_PICTURES)
        if len(parts) > MAX_PICTURES:
            raise errors.InvalidArgumentError(
                f"at most {MAX_PICTURES} pictures at a time"
            )
        numbers = [parameters.number("samples", part) for part in parts]
        run = parameters.text(request, "run")
        digest = parameters.digest(request, "index")
        packed = self._samples.pictures(scope, run, digest, numbers)
        return http_util.Respond(request, packed, "application/octet-stream")
