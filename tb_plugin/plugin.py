"""The HTTP routes: they read parameters and answer with views or errors.

`http_api.md` shows every route with an example.
"""

import gzip
import mimetypes
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from tensorboard import errors, plugin_util
from tensorboard.backend import http_util
from tensorboard.plugins import base_plugin
from werkzeug import wrappers

from keras_hier.log.metadata import PLUGIN_NAME
from keras_hier.log.records.container import CodecError
from tb_plugin.comparing.significance import Side, SignificanceService
from tb_plugin.comparing.surprise import SurpriseService
from tb_plugin.reading import output_order, parameters, views
from tb_plugin.reading.answers import Json
from tb_plugin.reading.samples import SampleStore
from tb_plugin.reading.store import Scope, Store
from tb_plugin.routes.agreement import AgreementService
from tb_plugin.routes.channel_samples import ChannelSampleStore
from tb_plugin.routes.curves import CurveService
from tb_plugin.routes.layers import LayersService
from tb_plugin.routes.orders import OrderService
from tb_plugin.routes.quality import QualityService
from tb_plugin.routes.rates import RateService
from tb_plugin.routes.responses import ResponsesService

STATIC = Path(__file__).parent / "static"
METHODS = ("GET", "HEAD")
MAX_PICTURES = 500
# One is shown and one compared; others were a moment ago.
MAX_SETS = 8
NOT_BUILT = b"""\
export function render() {
  document.body.textContent =
    "The frontend of the Blocks plugin is not built. In a checkout, run " +
    "`npm ci && npm run build` in tb_plugin/frontend, or `pip install .`.";
}
"""

Answer = Json | wrappers.Response
View = Callable[[wrappers.Request, Scope], Answer]
Application = Callable[..., Any]


class BlocksPlugin(base_plugin.TBPlugin):
    """Hierarchical block matrices per epoch, run, layer and head."""

    plugin_name = PLUGIN_NAME

    def __init__(self, context: base_plugin.TBContext) -> None:
        self._store = Store(context.data_provider)
        self._curve_service = CurveService(self._store)
        self._rate_service = RateService(self._store)
        self._order_service = OrderService(self._store)
        self._sample_store = SampleStore(self._store)
        self._quality_service = QualityService(self._store, self._sample_store)
        self._significance_service = SignificanceService(
            self._store, self._sample_store
        )
        self._surprise_service = SurpriseService(self._store)
        self._agreement_service = AgreementService(self._store)
        self._layers_service = LayersService(self._store)
        self._responses_service = ResponsesService(
            self._store, ChannelSampleStore(self._store, self._sample_store)
        )

    def is_active(self) -> bool:
        """Returns False: TensorBoard itself looks for our data."""
        return False

    def frontend_metadata(self) -> base_plugin.FrontendMetadata:
        """Names the tab and the script that draws it."""
        return base_plugin.FrontendMetadata(
            es_module_path="/index.js", tab_name="Blocks"
        )

    def get_plugin_apps(self) -> dict[str, Application]:
        """Returns the routes under `data/plugin/blocks`."""
        views_of_data = {
            "runs": self._runs,
            "epochs": self._epochs,
            "matrix": self._matrix,
            "hierarchy": self._hierarchy,
            "curves": self._curves_of,
            "rates": self._rates,
            "order": self._order,
            "samples": self._samples,
            "sample_epochs": self._sample_epochs,
            "sample_index": self._sample_index,
            "sample_history": self._sample_history,
            "pictures": self._pictures,
            "quality": self._quality,
            "significance": self._significance,
            "surprise": self._surprise,
            "agreement": self._agreement,
            "layers": self._layers,
            "responses": self._responses,
            "correlation": self._correlation,
            "channels": self._channels,
        }
        # Exact names only: no text of a request ever becomes a path.
        files = {
            p.name: _static(p.name) for p in STATIC.glob("*") if p.is_file()
        }
        routes = views_of_data | files | {"index.js": self._script}
        return {"/" + name: _application(routes[name]) for name in routes}

    def _script(self, request: wrappers.Request, scope: Scope) -> Answer:
        self._store.list_early(scope)
        return _static("index.js")(request, scope)

    def _runs(self, request: wrappers.Request, scope: Scope) -> Answer:
        outputs = self._store.outputs(scope)
        in_order = output_order.in_order(self._store, scope, outputs)
        return views.runs(
            *outputs._replace(matrices=in_order),
            request.args.getlist("set")[:MAX_SETS],
        )

    def _epochs(self, request: wrappers.Request, scope: Scope) -> Answer:
        run, output = (
            parameters.text(request, "run"),
            parameters.text(request, "output"),
        )
        return views.epochs(
            self._store.epochs(scope, run, output),
            self._store.series_of_members(scope, run, output),
        )

    def _matrix(self, request: wrappers.Request, scope: Scope) -> Answer:
        epoch = self._store.epoch(scope, *parameters.epoch_of(request))
        return _stored(request, epoch.checked_blob)

    def _hierarchy(self, request: wrappers.Request, scope: Scope) -> Answer:
        run, digest = (
            parameters.text(request, "run"),
            parameters.digest(request, "digest"),
        )
        groups = None
        if "grouping" in request.args:
            groups = parameters.digest(request, "grouping")
        tree, grouping = self._store.served_tree(scope, run, digest, groups)
        whole = self._store.hierarchy(scope, run, digest)
        return views.hierarchy(tree, grouping, whole.classes)

    def _curves_of(self, request: wrappers.Request, scope: Scope) -> Answer:
        nodes = None
        if request.args.get("nodes"):
            nodes = parameters.numbers("nodes", request.args["nodes"])
        run, output = (
            parameters.text(request, "run"),
            parameters.text(request, "output"),
        )
        return self._curve_service.read(scope, run, output, nodes)

    def _rates(self, request: wrappers.Request, scope: Scope) -> Answer:
        return self._rate_service.read(
            scope,
            parameters.text(request, "run"),
            parameters.text(request, "output"),
            parameters.numbers("rows", parameters.text(request, "rows")),
            parameters.numbers("columns", parameters.text(request, "columns")),
        )

    def _order(self, request: wrappers.Request, scope: Scope) -> Answer:
        ids = self._order_service.read(scope, *parameters.epoch_of(request))
        return {"ids": ids}

    def _sample_epochs(self, request: wrappers.Request, scope: Scope) -> Answer:
        run, output = (
            parameters.text(request, "run"),
            parameters.text(request, "output"),
        )
        return self._sample_store.epochs(scope, run, output)

    def _samples(self, request: wrappers.Request, scope: Scope) -> Answer:
        blob = self._sample_store.blob(scope, *parameters.epoch_of(request))
        return _stored(request, blob)

    def _sample_index(self, request: wrappers.Request, scope: Scope) -> Answer:
        run, digest = (
            parameters.text(request, "run"),
            parameters.digest(request, "digest"),
        )
        return _stored(
            request,
            self._sample_store.index_blob(scope, run, digest),
            "application/json",
        )

    def _sample_history(
        self, request: wrappers.Request, scope: Scope
    ) -> Answer:
        return self._sample_store.history(
            scope,
            parameters.text(request, "run"),
            parameters.text(request, "output"),
            parameters.digest(request, "index"),
            parameters.number("sample", parameters.text(request, "sample")),
            parameters.digest(request, "hierarchy")
            if "hierarchy" in request.args
            else None,
        )

    def _pictures(self, request: wrappers.Request, scope: Scope) -> Answer:
        parts = parameters.text(request, "samples").split(",", MAX_PICTURES)
        if len(parts) > MAX_PICTURES:
            raise errors.InvalidArgumentError(
                f"at most {MAX_PICTURES} pictures at a time"
            )
        numbers = [parameters.number("samples", part) for part in parts]
        run, digest = (
            parameters.text(request, "run"),
            parameters.digest(request, "index"),
        )
        packed = self._sample_store.pictures(scope, run, digest, numbers)
        return http_util.Respond(request, packed, "application/octet-stream")

    def _quality(self, request: wrappers.Request, scope: Scope) -> Answer:
        return self._quality_service.read(scope, *parameters.epoch_of(request))

    def _significance(self, request: wrappers.Request, scope: Scope) -> Answer:
        shown, other = (
            Side(*parameters.epoch_of(request, prefix))
            for prefix in ("", "other_")
        )
        level = None
        if "level" in request.args:
            level = parameters.number(
                "level", parameters.text(request, "level")
            )
        return self._significance_service.read(scope, shown, other, level)

    def _surprise(self, request: wrappers.Request, scope: Scope) -> Answer:
        return self._surprise_service.read(
            scope,
            *parameters.epoch_of(request),
            parameters.number("level", parameters.text(request, "level")),
        )

    def _agreement(self, request: wrappers.Request, scope: Scope) -> Answer:
        return self._agreement_service.read(
            scope, *parameters.epoch_of(request)
        )

    def _layers(self, request: wrappers.Request, scope: Scope) -> Answer:
        return self._layers_service.read(scope, *parameters.epoch_of(request))

    def _responses(self, request: wrappers.Request, scope: Scope) -> Answer:
        return self._responses_service.read(
            scope,
            parameters.text(request, "run"),
            request.args.get("layer", ""),
            parameters.number("step", parameters.text(request, "step")),
        )

    def _correlation(self, request: wrappers.Request, scope: Scope) -> Answer:
        blob = self._responses_service.correlation(
            scope,
            parameters.text(request, "run"),
            parameters.text(request, "layer"),
            parameters.number("step", parameters.text(request, "step")),
        )
        return _stored(request, blob)

    def _channels(self, request: wrappers.Request, scope: Scope) -> Answer:
        return self._responses_service.channels(
            scope,
            parameters.text(request, "run"),
            parameters.text(request, "layer"),
            parameters.number("step", parameters.text(request, "step")),
            parameters.number("node", parameters.text(request, "node")),
        )


def _application(view: View) -> Application:
    """Makes a WSGI application of a view: GET only, failures as JSON."""

    @wrappers.Request.application
    def application(request: wrappers.Request) -> wrappers.Response:
        try:
            if request.method not in METHODS:
                refused = _fail(request, 405, "Only GET and HEAD are allowed.")
                refused.headers["Allow"] = ", ".join(METHODS)
                return refused
            scope = Scope(
                plugin_util.context(request.environ),
                plugin_util.experiment_id(request.environ),
            )
            answer = view(request, scope)
        except errors.PublicError as error:
            return _fail(request, error.http_code, str(error))
        except CodecError as error:  # the log is at fault, not the request
            return _fail(request, 422, str(error))
        if isinstance(answer, wrappers.Response):
            return answer
        return http_util.Respond(request, answer, "application/json")

    return application


def _stored(
    request: wrappers.Request,
    blob: bytes,
    content_type: str = "application/octet-stream",
) -> wrappers.Response:
    """Sends what is stored, which is gzip: the browser unpacks it."""
    return http_util.Respond(
        request, blob, content_type, content_encoding="gzip"
    )


def _fail(
    request: wrappers.Request, code: int, message: str
) -> wrappers.Response:
    return http_util.Respond(
        request, {"error": message}, "application/json", code=code
    )


def _static(name: str) -> View:
    """Makes a view that serves one file of the built frontend."""

    def view(request: wrappers.Request, scope: Scope) -> Answer:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        try:
            content = (STATIC / name).read_bytes()
        except FileNotFoundError:
            if name != "index.js":
                raise errors.NotFoundError(name) from None
            content = NOT_BUILT
        # Compressed once: TensorBoard would compress it, less well, every time.
        return http_util.Respond(
            request, _compressed(content), kind, content_encoding="gzip"
        )

    return view


@lru_cache(maxsize=8)
def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
