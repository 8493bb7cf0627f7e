"""The study's exits: what is left of a network, and what it is held against."""

import json

import keras
import numpy as np
import pytest

import keras_hier as kh
from keras_hier.heads.headed_model import heads_of
from study.tables import bootstrap, exits
from study.tables.variants import print_table
from study.tests.study_runs import line, pets, small_run
from study.training.exits import LIMITS, MAX_LOSS
from study.training.needed_layers import NeededLayers
from study.training.variants import VARIANTS, headed

TREE = kh.Hierarchy.from_nested(
    {"dark": [*"abc"], "light": [*"def"]}, classes=[*"abcdef"]
)


def network(variant):
    plain = kh.AlexNet(6, (32, 32, 3), 0.05, normalization="batch")
    return headed(plain, VARIANTS[variant], TREE, 0)


@pytest.mark.parametrize(
    ("shape", "heads", "hidden"),
    [("", "classes5-distil", "-hidden"), ("-conv", "conv5-distil", "")],
)
def test_a_control_has_the_weights_of_its_head_and_the_trunk_below(
    shape, heads, hidden
):
    whole, _ = network(heads)
    for layer in ("conv2", "conv3", "conv5"):
        alone, weights = network(f"exit-{layer}{shape}")
        assert alone.output.shape == (None, 6)
        assert weights == {"class": 1.0}
        assert not heads_of(alone)
        name = f"{layer}_groups6"
        needs = NeededLayers({name: whole.output[name]})
        expected = needs.num_weights(frozenset([name]))
        assert alone.count_params() == expected
    together, weights = network(f"exit-conv5{hidden}-distil")
    names = [*heads_of(together)]
    assert names == [f"conv{n}_groups6" for n in range(1, 5)]
    assert {"fc6", "fc7"}.isdisjoint(each.name for each in together.layers)
    assert set(weights) == {"class", "distillation", *names}


def test_a_run_with_exits_and_its_control(study, tmp_path):
    folder = pets(tmp_path)
    out = folder / "runs.jsonl"
    command = [*small_run(folder, out), "--epochs", 2, "--final"]
    for variant in ("classes3-distil", "exit-conv2"):
        done = study(*command, "--variant", variant)
        assert done.returncode == 0, done.stderr[-2000:]
        assert "done already" in study(*command, "--variant", variant).stdout
    text = out.read_text()
    run, control = map(json.loads, text.splitlines())
    assert {"exits", "fused"}.isdisjoint({*control, *control["val"]})
    assert [found["max_loss"] for found in run["exits"]] == [*LIMITS]
    sizes = [found["parameters"] for found in run["exits"]]
    assert sizes == sorted(sizes, reverse=True)
    for found in run["exits"]:
        assert found["loss_change"] <= found["max_loss"] + 1e-5
        assert found["loss"] == pytest.approx(
            found["held_out"]["log_loss"], abs=1e-5
        )
        kept, gone = set(found["weights"]), set(found["left_out"])
        assert kept | gone == set(run["fusion_weights"])
    (chosen,) = (f for f in run["exits"] if f["max_loss"] == MAX_LOSS)
    for split in ("held_out", "val"):
        expected = chosen[split] | {"parameters": chosen["parameters"]}
        assert run[split]["exits"] == expected
        right = ~bootstrap.wrong(run, split, "exits", 1)
        assert np.mean(right) == pytest.approx(1 - chosen[split]["top1_error"])
    table = study("--table", out).stdout
    assert "| classes3-distil + exits |" in table
    assert "| exit-conv2 |" in table
    assert "exit-conv2 + " not in table.replace("exit-conv2 + CRM", "")


def test_the_table_says_how_many_weights_there_are(tmp_path, capsys):
    plain = line("baseline", 0, 0.5, 0.25, [0.2])
    heads = line("conv5-distil", 0, 0.4, 0.2, [0.1])
    plain["parameters"], heads["parameters"] = 6_388_709, 9_252_062
    heads["val"]["fused"] = heads["val"]["class"]
    heads["val"]["exits"] = heads["val"]["class"] | {"parameters": 3_797_625}
    # From before there were exits.
    old = line("heads3", 0, 0.4, 0.2, [0.1])
    old["val"]["fused"] = old["val"]["class"]
    path = tmp_path / "runs.jsonl"
    path.write_text("\n".join(map(json.dumps, [old, plain, heads])))
    print_table([path], "val")
    rows = [
        [cell.strip() for cell in text.split("|")]
        for text in capsys.readouterr().out.splitlines()
        if text.startswith("| ")
    ]
    place = rows[0].index("million weights")
    found = {row[1]: row[place] for row in rows[1:]}
    assert found == {
        "baseline": "6.39",
        "heads3": "",
        "heads3 + fusion": "",
        "conv5-distil": "",
        "conv5-distil + fusion": "",
        "conv5-distil + exits": "3.80",
    }


def test_a_table_of_what_each_limit_leaves(tmp_path, capsys, monkeypatch):
    def run(seed, weights, errors):
        figures = [{"top1_error": e, "top5_error": e / 2} for e in errors]
        val = dict(zip(("class", "fused"), figures[:2], strict=True))
        left = zip((0.005, 0.02), weights, figures[2:], strict=True)
        kept = [
            {"max_loss": limit, "parameters": count, "val": of}
            for limit, count, of in left
        ]
        return {
            "variant": "heads", "seed": seed, "exact": 25, "val": val,
            "classes": 101, "hold_out": 50,
            "hits": {"val": {"class": {}, "fused": {}}}, "exits": kept,
            "parameters": 7_406_686, "parameters_without_heads": 6_388_709,
        }  # fmt: skip

    plain = run(0, (0, 0), (0.8, 0, 0, 0))
    plain |= {"variant": "baseline", "exits": None}
    runs = [
        plain,
        run(0, (1_720_000, 1_480_000), (0.74, 0.71, 0.72, 0.73)),
        run(1, (7_010_000, 1_480_000), (0.72, 0.71, 0.72, 0.75)),
    ]
    path = tmp_path / "runs.jsonl"
    path.write_text("\n".join(map(json.dumps, runs)))
    monkeypatch.setattr("sys.argv", ["exits", str(path)])
    exits.main()
    *_, head, _, alone, both = capsys.readouterr().out.splitlines()
    assert head.endswith(
        "| at most 0.005: weights | errors | at most 0.02: weights | errors |"
    )
    assert alone == ("| baseline | 1 | 6.39 | 80.0 / 40.0 |  |  |  |  |  |  |")
    assert both == (
        "| heads | 2 | 6.39 | 73.0 / 36.5 | 7.41 | 71.0 / 35.5 "
        "| 1.72 to 7.01 | 72.0 / 36.0 | 1.48 | 74.0 / 37.0 |"
    )


def test_weights_are_counted_as_keras_counts_them():
    model = kh.add_heads(
        kh.AlexNet(6, (32, 32, 3), width=0.02, normalization="batch"),
        heads={"conv2": TREE.cut(max_size=1), "conv5": TREE.cut(depth=1)},
        probes={"conv1": TREE.cut(depth=1)},
    )
    outputs = {n: model.output[n] for n in model.output if "groups" in n}
    needs = NeededLayers({"class": model.output["class"], **outputs})
    for names in (
        {"class"}, {"conv2_groups6"}, {"conv5_groups2"},
        {"conv2_groups6", "conv5_groups2"}, {"class", "conv2_groups6"},
    ):  # fmt: skip
        pruned = keras.Model(model.input, [model.output[n] for n in names])
        weights, layers = needs.size(frozenset(names))
        assert weights == pruned.count_params()
        assert layers == len(pruned.layers)
