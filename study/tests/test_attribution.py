"""What a lever does to the error: its interval over seeds and images."""

import base64
import json

import numpy as np
import pytest

from study.tables import attribution, intervals
from study.tables.intervals import change, part
from study.tables.variants import print_table

FIGURES = ("distance1", "distance5", "severity", "calibration_error")


def line(seed, error, right=None, **settings):
    figures = {"top1_error": error, "top5_error": error / 2}
    figures |= dict.fromkeys(FIGURES, 0.5)
    found = {
        **attribution._runs(), "seed": seed, "classes": 101, "hold_out": 50,
        "val": {"class": figures, "fused": figures}, **settings,
    }  # fmt: skip
    if right is not None:
        bits = base64.b64encode(np.packbits(right)).decode()
        found["hits"] = {
            "val": {
                "images": len(right),
                "class": {"top1": bits, "top5": bits},
            }
        }
    return found


def test_bounds_by_hand():
    new = [line(s, e) for s, e in enumerate((0.60, 0.62, 0.61))]
    old = [line(s, e) for s, e in enumerate((0.66, 0.66, 0.66))]
    found = change([part(new, old, 1, "class")])
    logs = np.log(np.array([0.60, 0.62, 0.61]) / 0.66)
    assert found.value == pytest.approx(100 * (np.exp(logs.mean()) - 1))
    # Student's 4.303 at two degrees of freedom.
    half = 4.3027 * logs.std(ddof=1) / np.sqrt(3)
    assert np.log1p(np.array(found.seeds) / 100) == pytest.approx(
        [logs.mean() - half, logs.mean() + half], abs=1e-4
    )
    assert not found.exact
    # At most: 5,050 images, independent, of 61 and 66 % wrong.
    images = (0.39 / 0.61 + 0.34 / 0.66) / 5050
    total = logs.var(ddof=1) / 3 + images
    wide = np.diff(np.log1p(np.array(found.both) / 100))[0] / 2
    assert 1.96 * np.sqrt(total) < wide < 2.4 * np.sqrt(total)


def test_a_bound_is_never_narrower_than_the_seeds():
    new = [line(s, e) for s, e in enumerate((0.50, 0.62, 0.61))]
    old = [line(s, 0.66) for s in range(3)]
    found = change([part(new, old, 1, "class")])
    assert found.both == found.seeds


def test_known_images_are_compared_with_themselves():
    rng = np.random.default_rng(0)
    right = rng.random(5050) < 0.4
    # The second has 100 more right, and all of the first's.
    better = right | (np.cumsum(~right) <= 100)
    old = [line(s, 1 - right.mean(), right) for s in range(3)]
    new = [line(s, 1 - better.mean(), better) for s in range(3)]
    found = part(new, old, 1, "class")
    assert found.exact
    # 100 of 5,050 images differ: a binomial error of 0.2 points, not of 0.97.
    points = np.sqrt(found.of_images) * 100 * (1 - right.mean())
    assert points == pytest.approx(0.2, abs=0.02)
    bare = [{k: v for k, v in one.items() if k != "hits"} for one in new]
    bounded = part(bare, old, 1, "class")
    assert not bounded.exact
    points = np.sqrt(bounded.of_images) * 100 * (1 - right.mean())
    assert points == pytest.approx(0.97, abs=0.03)


def test_two_places_are_surer_than_one():
    new = [line(s, e) for s, e in enumerate((0.60, 0.62, 0.61))]
    old = [line(s, 0.66) for s in range(3)]
    one = part(new, old, 1, "class")
    twice = change([one, one])
    assert twice.value == pytest.approx(change([one]).value)
    # Half the variance, and 2.776 of four degrees of freedom.
    half = np.diff(np.log1p(np.array(twice.seeds) / 100))[0] / 2
    assert half == pytest.approx(2.7764 * np.sqrt(one.of_seeds / 2), rel=1e-3)


def test_levers_find_their_runs():
    lines = [line(seed, 0.6) for seed in range(3)]
    fine = [line(s, 0.5 + s / 100, stem_stride=1) for s in range(3)]
    levers = {lever.name: lever for lever in attribution.LEVERS}
    geometry = levers["geometry: a stem of stride 1"]
    assert attribution.cells(geometry, lines)[1] == "not run yet"
    assert attribution.cells(geometry, lines + fine)[:2][0] == "3"
    # Of older lines, which do not tell their stride, it is the usual one.
    older = [
        {n: v for n, v in one.items() if n != "stem_stride"} for one in lines
    ]
    row = attribution.cells(geometry, older + fine)
    assert row[1].startswith("-15.0 % (")
    tree = levers["tree: its groups, not random ones"]
    assert attribution.cells(tree, lines)[1] == "not run yet"


def test_one_seed_has_an_interval_of_images_alone():
    lines = [line(seed, 0.6) for seed in range(3)]
    one = [line(0, 0.5, stem_stride=1)]
    levers = {lever.name: lever for lever in attribution.LEVERS}
    geometry = levers["geometry: a stem of stride 1"]
    row = attribution.cells(geometry, lines + one)
    assert row[:2] == ["1", "-16.7 %"]
    # Of 5,050 images each side's error varies by sqrt((1 - p) / p / 5050).
    half = 1.96 * np.sqrt((1 + 4 / 6) / 5050)
    ends = 100 * np.expm1(np.log(5 / 6) + np.array([-half, half]))
    assert row[2] == f"of images alone at most {ends[0]:+.1f} to {ends[1]:+.1f}"


@pytest.mark.parametrize(
    "changed",
    [
        {"label_smoothing": 0.1},
        {"dropout": 0.2},
        {"batch_size": 64},
        {"steps_per_epoch": 100},
        {"crop": 48},
        {"image_size": 56},
        {"hold_out": 10},
    ],
)
def test_a_lever_is_pulled_alone(changed):
    lines = [line(seed, 0.6) for seed in range(3)]
    fine = [line(s, 0.5, stem_stride=1) for s in range(3)]
    levers = {lever.name: lever for lever in attribution.LEVERS}
    geometry = levers["geometry: a stem of stride 1"]
    row = attribution.cells(geometry, lines + fine)
    others = [line(s, 0.9, **changed) for s in range(3)]
    assert attribution.cells(geometry, lines + fine + others) == row


def test_an_error_alone_by_hand():
    # No spread over seeds: the binomial error of 5,050 images.
    runs = [line(seed, 0.5) for seed in range(3)]
    low, high = intervals.error_bounds(runs, 1, "class", "val")
    assert high - low == pytest.approx(2 * 196 * 0.5 / np.sqrt(5050), rel=1e-3)
    # Seeds that differ by more than images do: Student's 4.303.
    runs = [line(seed, 0.4 + seed / 10) for seed in range(3)]
    low, high = intervals.error_bounds(runs, 1, "class", "val")
    assert high - low == pytest.approx(2 * 4.3027 * 10 / np.sqrt(3), rel=1e-3)
    assert intervals.error_bounds(runs[:1], 1, "class", "val") is None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("side", [0, 1])
def test_of_no_error_no_ratio_is_told(side, tmp_path, capsys):
    half = np.arange(400) % 2 > 0
    errors = [(0.5, half), (0.5, half)]
    errors[side] = 0.0, half | True
    runs = [
        line(seed, *of, variant=variant, data="pets", curve=[0.1])
        for variant, of in zip(
            ("baseline", "classes5-strong"), errors, strict=True
        )
        for seed in (0, 1)
    ]
    assert part(runs[2:], runs[:2], 1, "class") is None
    levers = {lever.name: lever for lever in attribution.LEVERS}
    lever = levers["deep supervision: 5 heads over classes"]
    assert attribution.cells(lever, runs) == ["2", "", "", "", ""]
    path = tmp_path / "runs.jsonl"
    path.write_text("\n".join(map(json.dumps, runs)))
    print_table([path], "val", intervals=True)
    (row,) = (
        text
        for text in capsys.readouterr().out.splitlines()
        if text.startswith("| classes5-strong |")
    )
    assert "nan" not in row
    assert [cell.strip() for cell in row.split("|")][-4:-2] == (
        ["", ""] if side == 0 else ["-100.0 ± 0.0 %", "-100.0 ± 0.0 %"]
    )


def test_a_table_with_intervals(tmp_path, capsys):
    shared = {
        "data": "pets", "crop": 56,
        "dropout": 0.5, "label_smoothing": 0.0, "curve": [0.1],
        "parameters": 1,
    }  # fmt: skip
    errors = {"baseline": (0.66, 0.66, 0.66), "heads3": (0.60, 0.62, 0.61)}
    runs = {
        name: [line(s, e, variant=name, **shared) for s, e in enumerate(of)]
        for name, of in errors.items()
    }
    path = tmp_path / "runs.jsonl"
    path.write_text(
        "\n".join(json.dumps(one) for of in runs.values() for one in of)
    )
    print_table([path], "val", intervals=True)
    table = capsys.readouterr().out
    low, high = intervals.change(
        [part(runs["heads3"], runs["baseline"], 1, "class")]
    ).both
    assert f"-7.6 ± 1.5 % ({low:+.1f} to {high:+.1f})" in table
    low, high = intervals.error_bounds(runs["heads3"], 1, "class", "val")
    assert f"61.0 ± 1.0 ({low:.1f} to {high:.1f})" in table
    # The baseline is not compared with itself.
    assert "+0.0 ± 0.0 % |" in table
    print_table([path], "val")
    assert "61.0 ± 1.0 |" in capsys.readouterr().out
