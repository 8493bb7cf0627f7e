"""A question to the server: the route of its name, and who answers it."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from tensorboard.backend import http_util
from werkzeug import wrappers

from tb_plugin.reading.answers import Json
from tb_plugin.reading.samples import SampleStore
from tb_plugin.reading.store import Scope, Store

Answer = Json | wrappers.Response
View = Callable[[wrappers.Request, Scope], Answer]

_View = TypeVar("_View", bound=Callable[..., Answer])
_MARK = "is_route"


class Readers(NamedTuple):
    """Who reads the log: one of each for all services, which share caches."""

    store: Store
    samples: SampleStore


class Service:
    """Answers questions about a log.

    The plugin finds a service in any module of `tb_plugin/routes/`. Answers are
    JSON or a response. They are safe to be asked for from many threads.

    Example:
        ```python
        class TotalService(Service):
            @route
            def total(self, request, scope):
                where = parameters.epoch_of(request)
                epoch = self._store.epoch(scope, *where)
                return {"total": epoch.header.total}
        ```
    """

    def __init__(self, readers: Readers) -> None:
        self._store, self._samples = readers


def route(view: _View) -> _View:
    """Marks a method of a service: it answers the route of its name.

    Its docstring becomes a part of `docs/reference/http.md`.
    """
    setattr(view, _MARK, True)
    return view


def routes_of(service: type[Service]) -> list[str]:
    """Returns the names of the routes that a service answers."""
    return [n for n, each in vars(service).items() if hasattr(each, _MARK)]


def stored(
    request: wrappers.Request,
    blob: bytes,
    content_type: str = "application/octet-stream",
) -> wrappers.Response:
    """Sends what is stored, which is gzip: the browser unpacks it."""
    return http_util.Respond(
        request, blob, content_type, content_encoding="gzip"
    )
