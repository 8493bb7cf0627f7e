"""The picture of how the networks of the study learn."""

import json

import numpy as np
import pytest
from PIL import Image

from keras_hier.report.canvases.canvas import Canvas
from keras_hier.report.canvases.fonts import Face
from keras_hier.report.colours import THEMES
from study.tables import curves
from study.tables.curves import COLOURS, RATIO
from study.tables.panel import HEIGHT, WIDTH, Panel

LIGHT = THEMES["light"]
EPOCHS = 11
FALLING = np.linspace(90, 50, EPOCHS)  # 4 points an epoch, to 50 %


def line(variant, errors, seed=0, **settings):
    return {
        "variant": variant, "seed": seed, "data": "images", "trunk": "batch",
        "per_class": 100, "epochs": EPOCHS, "width": 0.5, "crop": 56,
        "optimizer": "sgd", "learning_rate": 0.05, "weight_decay": 0.002,
        "dropout": 0.5, "label_smoothing": 0, "held_out": {},
        "curve": list(1 - np.array(errors) / 100),
    } | settings  # fmt: skip


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    def draw(lines, *variants):
        runs, out = tmp_path / "runs.jsonl", tmp_path / "curves.png"
        runs.write_text("\n".join(map(json.dumps, lines)))
        command = ["curves", str(runs), "--out", str(out)]
        monkeypatch.setattr("sys.argv", [*command, "--variants", *variants])
        curves.main()
        with Image.open(out) as image:
            return np.array(image)

    return draw


def panel(errors):
    canvas = Canvas(WIDTH, HEIGHT, LIGHT.background, Face(ratio=RATIO), RATIO)
    return Panel(canvas, 0, (1, EPOCHS), errors, LIGHT)


def pixel(image, x, y):
    return tuple(image[round(RATIO * y), round(RATIO * x)].tolist())


def test_a_square_where_a_variant_gets_to_the_end_of_the_baseline(drawn):
    # Twice as fast: there after 6 epochs in place of 11.
    fast = np.concatenate([np.linspace(90, 50, 6), np.linspace(48, 40, 5)])
    slow = FALLING + 5
    image = drawn(
        [line("baseline", FALLING), line("fast", fast), line("slow", slow)],
        "baseline", "fast", "slow",
    )  # fmt: skip
    at = panel((40, 91))
    assert image.shape == (RATIO * HEIGHT, RATIO * WIDTH, 3)
    for dx, dy in ((-2.5, -2.5), (2.5, -2.5), (-2.5, 2.5), (2.5, 2.5)):
        assert pixel(image, at.x(6) + dx, at.y(50) + dy) == COLOURS[0]
    # One that never gets there has a line and no square.
    left, right = (round(RATIO * at.x(e)) for e in (1.2, EPOCHS - 0.2))
    of_slow = (image[:, left:right] == COLOURS[1]).all(-1)
    assert of_slow.any()
    assert of_slow.sum(0).max() <= 2 * RATIO


def test_a_line_is_the_mean_and_its_band_goes_from_the_worst_to_the_best(drawn):
    lines = [
        line("baseline", FALLING),
        *(line("other", 75 + by, seed) for seed, by in enumerate(
            (np.zeros(EPOCHS), np.full(EPOCHS, 8), np.full(EPOCHS, -8)))),
    ]  # fmt: skip
    image = drawn(lines, "baseline", "other")
    at = panel((50, 87))
    assert pixel(image, at.x(10), at.y(75)) == COLOURS[0]
    band = pixel(image, at.x(10), at.y(72))
    assert band not in (LIGHT.background, COLOURS[0])
    assert pixel(image, at.x(10), at.y(79)) == band
    for outside in (85, 65):
        assert pixel(image, at.x(10), at.y(outside)) == LIGHT.background


def test_one_panel_for_each_setting_that_has_all_variants(drawn, capsys):
    lines = [
        line(variant, FALLING, per_class=size)
        for variant in ("baseline", "other")
        for size in (100, None)
    ]
    lines.append(line("baseline", FALLING, trunk="none"))
    image = drawn(lines, "baseline", "other")
    assert len(image) == 2 * RATIO * HEIGHT
    assert list(json.loads(capsys.readouterr().out).values()) == [1, 1]


def test_epochs_that_were_not_validated_have_their_place(drawn):
    # After epochs 4, 8 and 11.
    thrice = {"validate_every": 4}
    lines = [
        line("baseline", [90, 70, 50], **thrice),
        line("other", [80, 50, 40], **thrice),
    ]
    image = drawn(lines, "baseline", "other")
    at = panel((40, 70))
    for dx, dy in ((-2.5, -2.5), (2.5, -2.5), (-2.5, 2.5), (2.5, 2.5)):
        assert pixel(image, at.x(8) + dx, at.y(50) + dy) == COLOURS[0]
    assert pixel(image, at.x(9.5), at.y(60)) == LIGHT.ink


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([{"curve": [0.1]}], "1"),
        ([{"curve": [0.1], "validate_every": 20}], "1"),
        ([{"curve": [0.1, 0.2], "validate_every": 6}, {}], "2 and 11"),
        ([{"curve": [0.1, 0.2]}], "2"),
    ],
)
def test_runs_of_other_epochs_or_of_one_are_not_drawn(drawn, runs, said):
    lines = [
        line("baseline", FALLING, seed, **more)
        for seed, more in enumerate(runs)
    ]
    said = rf"\(--validate-every\); got curves of {said} for 11 epochs"
    with pytest.raises(SystemExit, match=said):
        drawn(lines, "baseline")


def test_what_cannot_be_drawn_is_said(drawn, capsys):
    with pytest.raises(SystemExit, match="has runs of all of baseline, other"):
        drawn([line("baseline", FALLING)], "baseline", "other")
    with pytest.raises(SystemExit):
        drawn([line("baseline", FALLING)], *"abcdefgh")
    assert "at most 7 variants" in capsys.readouterr().err
