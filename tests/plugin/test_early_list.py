"""What is listed before the page asks: once, fresh, by one thread."""

import threading
from types import SimpleNamespace

import pytest
from werkzeug.test import Client

from tb_plugin.plugin import BlocksPlugin
from tb_plugin.reading import early_list
from tb_plugin.reading.early_list import EarlyList


class Log:
    """Lists when it is let, and notes what it was asked for."""

    def __init__(self):
        self.asked = []
        self.threads = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.fails = False

    def fetch(self, experiment):
        self.asked.append(experiment)
        self.threads.append(threading.current_thread())
        assert self.may_answer.wait(10)
        if self.fails:
            raise OSError("gone")
        return {f"run of {experiment}": {}}

    def join(self):
        for thread in self.threads:
            thread.join(10)


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def early(log):
    return EarlyList(log.fetch)


def test_it_is_taken_once(early, log):
    assert early.take("a") is None
    early.begin("a")
    assert early.take("a") == {"run of a": {}}
    assert early.take("a") is None
    assert log.asked == ["a"]


def test_who_takes_it_waits_for_it(early, log):
    log.may_answer.clear()
    early.begin("a")
    threading.Timer(0.05, log.may_answer.set).start()
    assert early.take("a") == {"run of a": {}}


def test_it_is_of_one_experiment(early):
    early.begin("a")
    assert early.take("b") is None


def test_it_is_not_taken_when_it_is_old(early, monkeypatch):
    monkeypatch.setattr(early_list, "_FRESH_SECONDS", 0)
    early.begin("a")
    assert early.take("a") is None


def test_what_fails_is_not_there_and_comes_again(early, log):
    log.fails = True
    early.begin("a")
    assert early.take("a") is None
    log.join()
    log.fails = False
    early.begin("a")
    assert early.take("a") == {"run of a": {}}


def test_however_often_it_is_asked_for_one_thread_lists(early, log):
    log.may_answer.clear()
    for number in range(50):
        early.begin(str(number))
    log.may_answer.set()
    log.join()
    assert log.asked == ["0"]
    early.begin("again")
    log.join()
    assert log.asked == ["0", "again"]


class GrpcDataProvider:
    """TensorBoard's data server, as far as its name goes."""

    def __init__(self, provider):
        self._provider = provider
        self.lists = 0

    def list_tensors(self, *args, **kwargs):
        self.lists += 1
        return self._provider.list_tensors(*args, **kwargs)


def test_the_script_begins_what_the_page_asks_for_next(reader):
    provider = GrpcDataProvider(reader.provider)
    plugin = BlocksPlugin(SimpleNamespace(data_provider=provider))
    apps = plugin.get_plugin_apps()

    def get(route):
        reply = Client(apps[route]).get()
        assert reply.status_code == 200
        return reply

    get("/index.js")
    first = get("/runs").json
    assert provider.lists == 1
    assert first == reader.get("runs")
    assert get("/runs").json == first
    assert provider.lists == 2


def test_other_loaders_list_when_they_are_asked(reader):
    Client(reader.plugin.get_plugin_apps()["/index.js"]).get()
    assert reader.plugin._store._early.take("") is None
