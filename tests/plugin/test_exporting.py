"""Answers that go into a file are those of the server."""

import shutil

import pytest

from keras_hier.cli import main
from tb_plugin.exporting import Export, Wanted, exported


@pytest.mark.parametrize("run", ["plain/validation", "hier/validation"])
def test_answers_are_those_of_the_server(reader, run):
    export = Export({run: reader.logdir / run})
    (own,) = [each for each in reader.get("runs")["runs"] if each["run"] == run]
    assert export._asked("runs")["runs"] == [own]
    for output in own["outputs"]:
        about = {"run": run, "output": output}
        assert export.steps(run, output) == [1, 2, 3]
        for route in ("epochs", "curves"):
            assert export._asked(route, **about) == reader.get(route, **about)
        last = {**about, "step": 3}
        served = reader.request("matrix", **last)
        assert export._get("matrix", last).data == served.data


def test_one_output_is_all_that_is_in_it(whole_log, reader):
    name = "hier/validation"
    (own,) = [
        each for each in reader.get("runs")["runs"] if each["run"] == name
    ]
    assert len(own["outputs"]) > 1
    wanted = Wanted("validation", own["outputs"][1], (1, 2))
    file = exported(whole_log / "hier", wanted)
    assert (file.outputs, file.epochs, file.kept) == (1, 2, 2)
    steps = wanted.steps(Export({name: whole_log / name}), whole_log)
    assert steps == {(name, own["outputs"][1]): [1, 2]}


def test_damage_is_said_and_the_rest_kept(whole_log, tmp_path, capsys):
    shutil.copytree(whole_log / "plain", tmp_path / "plain")
    (file,) = (tmp_path / "plain" / "validation").glob("events*")
    data = file.read_bytes()
    file.write_bytes(data[: len(data) * 2 // 3])
    out = str(tmp_path / "out.html")
    assert main(["export", str(tmp_path / "plain"), "--out", out]) == 0
    said = capsys.readouterr()
    assert "is damaged or incomplete" in said.err
    assert "epochs: 3." in said.out  # of the other split, which is whole
