"""The plugin: the files of its page, and what its services answer over HTTP."""

import gzip
import importlib
import mimetypes
import pkgutil
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
from tb_plugin import routes
from tb_plugin.reading.samples import SampleStore
from tb_plugin.reading.store import Scope, Store
from tb_plugin.routing import Answer, Readers, Service, View, routes_of

STATIC = Path(__file__).parent / "static"
METHODS = ("GET", "HEAD")
NOT_BUILT = b"""\
export function render() {
  document.body.textContent =
    "The frontend of the Blocks plugin is not built. In a checkout, run " +
    "`npm ci && npm run build` in tb_plugin/frontend, or `pip install .`.";
}
"""

Application = Callable[..., Any]


class BlocksPlugin(base_plugin.TBPlugin):
    """Hierarchical block matrices per epoch, run, layer and head."""

    plugin_name = PLUGIN_NAME

    def __init__(self, context: base_plugin.TBContext) -> None:
        self._store = Store(context.data_provider)
        readers = Readers(self._store, SampleStore(self._store))
        self._services = [service(readers) for service in find_services()]

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
        answers = {
            name: getattr(service, name)
            for service in self._services
            for name in routes_of(type(service))
        }
        # Exact names only: no text of a request ever becomes a path.
        files = {
            p.name: _static(p.name) for p in STATIC.glob("*") if p.is_file()
        }
        views = answers | files | {"index.js": self._script}
        return {"/" + name: _application(views[name]) for name in views}

    def _script(self, request: wrappers.Request, scope: Scope) -> Answer:
        self._store.list_early(scope)
        return _static("index.js")(request, scope)


def find_services() -> list[type[Service]]:
    """Finds the services in the modules of `tb_plugin/routes/`, by name."""
    found: list[type[Service]] = []
    for info in pkgutil.iter_modules(routes.__path__, f"{routes.__name__}."):
        module = importlib.import_module(info.name)
        found += [
            each
            for each in vars(module).values()
            if isinstance(each, type)
            and issubclass(each, Service)
            and each.__module__ == info.name
        ]
    return found


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
