"""What coarse labels are worth, in exact ones."""

import base64
import json

import numpy as np
import pytest
from PIL import Image

from study.tables import exchange_rate
from study.tables.bootstrap import rows_of

IMAGES = 4000


def line(exact, error, coarse=None, seed=0, top5=None):
    """A run that is wrong about the first share of the images."""

    def packed(share):
        right = np.arange(IMAGES) >= round(share * IMAGES)
        return base64.b64encode(np.packbits(right)).decode()

    bits = {
        "top1": packed(error),
        "top5": packed(error / 2 if top5 is None else top5),
    }
    return {
        "classes": 10, "hold_out": 400, "variant": "baseline", "seed": seed,
        "exact": exact, "coarse": coarse and "16", "coarse_count": coarse,
        "train_images": 10 * (exact + (coarse or 0)), "cpu_seconds": 60.0,
        "held_out": {"class": {}},
        "hits": {"held_out": {"images": IMAGES, "class": bits}},
    }  # fmt: skip


ALONE = [line(10, 0.8), line(40, 0.6), line(160, 0.4)]


def exchanged(*lines, alone=ALONE, k=1):
    rows = rows_of([*alone, *lines], "held_out")
    return exchange_rate.exchange(
        rows[: len(alone)], rows[len(alone) :], "held_out", k
    )


def test_by_hand():
    # As good as 40 alone, and halfway to it on a log axis: as 20 alone.
    whole, half = exchanged(line(10, 0.6, 150), line(10, 0.7, 100))
    assert whole.worth[0] == pytest.approx(30)
    assert whole.price[0] == pytest.approx(5)
    assert half.worth[0] == pytest.approx(10)
    assert half.price[0] == pytest.approx(10)
    low, high = half.worth[1:]
    # The curve falls by 10 points to a doubling; 0.7 points are a standard
    # error of each network, of a difference less, for it is the same images.
    assert 7 < low < 9.5
    assert 10.5 < high < 13
    by_top5 = exchanged(line(10, 0.6, 150, top5=0.4), k=5)
    assert by_top5[0].worth[0] == pytest.approx(0)


def test_the_same_network_is_worth_its_own_labels_in_every_draw():
    (of,) = exchanged(line(10, 0.6, 150))
    assert of.worth[1:] == pytest.approx((30, 30))
    assert of.price[1:] == pytest.approx((5, 5))


def test_nothing_is_guessed_beyond_the_curve():
    best, worst, edge = exchanged(
        line(10, 0.3, 50), line(40, 0.9, 50), line(40, 0.6, 60)
    )
    assert best.worth == (np.inf,) * 3
    assert best.price == (0,) * 3
    assert worst.worth == (-np.inf,) * 3
    assert worst.price == (np.inf,) * 3
    assert edge.price[0] == np.inf  # They buy nothing.
    assert exchange_rate.worth_cell(best, 160, 10) == (
        "more than 150 (more than 150 to more than 150)"
    )
    assert exchange_rate.price_cell(best, 160).startswith("fewer than 0.3 (")
    assert exchange_rate.worth_cell(worst, 160, 10).startswith("less than -30 ")
    assert exchange_rate.price_cell(worst, 160).startswith("any number (")


def test_other_images_are_not_those_of_the_curve():
    said = [one | {"images_digest": "1a"} for one in ALONE]
    with pytest.raises(SystemExit, match="asked about different images"):
        exchanged(line(10, 0.6, 150) | {"images_digest": "2b"}, alone=said)


@pytest.mark.parametrize(
    ("split", "other"),
    [
        ("held_out", {"data": "fish"}),
        ("held_out", {"hold_out": 200}),
        ("val", {"data": "fish"}),
        ("val", {"val_digest": "2b"}),
    ],
)
def test_no_folders_are_mixed(monkeypatch, tmp_path, capsys, split, other):
    first = {"data": "birds", "val_digest": "1a"}
    lines = [one | first for one in (*ALONE, line(10, 0.6, 150))]
    for one in lines:
        one["val"], one["hits"]["val"] = (
            one["held_out"],
            one["hits"]["held_out"],
        )
    path = tmp_path / "runs.jsonl"
    only = next(f"{name}={first.get(name, 400)}" for name in other)
    # Another network of exact labels, or of both, of as many images.
    for at in (1, 3):
        more = {**lines[at], **other, "seed": 5}
        path.write_text("\n".join(map(json.dumps, [*lines, more])))
        command = ["exchange_rate", str(path), "--split", split]
        monkeypatch.setattr("sys.argv", command)
        with pytest.raises(SystemExit, match=r"images: .* --only data=birds"):
            exchange_rate.main()
        monkeypatch.setattr("sys.argv", [*command, "--only", only])
        exchange_rate.main()
        assert "| 10 | 150 | 16 | 60.0 (" in capsys.readouterr().out


def test_a_curve_that_rises_is_levelled():
    alone = [line(10, 0.8), line(40, 0.5), line(90, 0.7), line(160, 0.4)]
    # Between 40 and 90 the mean of both: it falls from 0.6 to 0.4 after 90.
    (of,) = exchanged(line(10, 0.5, 100), alone=alone)
    assert of.worth[0] == pytest.approx(np.sqrt(90 * 160) - 10)


def test_coarse_labels_beside_all_of_the_curve_are_left_out(
    monkeypatch, tmp_path, capsys
):
    path = tmp_path / "runs.jsonl"
    lines = [*ALONE, line(10, 0.6, 150), line(160, 0.35, 100)]
    path.write_text("\n".join(map(json.dumps, lines)))
    monkeypatch.setattr("sys.argv", ["exchange_rate", str(path)])
    exchange_rate.main()
    out = capsys.readouterr().out
    assert "| 10 | 150 | 16 |" in out
    assert "| 160 | 100 |" not in out
    assert "Left out: 1 with 160 exact labels a class or more" in out


def test_rows_of_the_same_labels_are_told_apart(monkeypatch, tmp_path, capsys):
    path, picture = tmp_path / "runs.jsonl", tmp_path / "exchange.png"
    quarter = line(10, 0.7, 150) | {"exact_share": 0.25}
    half = line(10, 0.6, 150) | {"exact_share": 0.5}
    pictures = []
    for lines in ([quarter, half], [half, quarter], [half]):
        path.write_text("\n".join(map(json.dumps, [*ALONE, *lines])))
        command = ["exchange_rate", str(path), "--picture", str(picture)]
        monkeypatch.setattr("sys.argv", command)
        exchange_rate.main()
        pictures.append(picture.read_bytes())
        out = capsys.readouterr().out
        if len(lines) == 2:
            assert "| 10 | 150 | 16, exact share 0.25 | 70.0 (" in out
            assert "| 10 | 150 | 16, exact share 0.5 | 60.0 (" in out
        else:
            assert "| 10 | 150 | 16 | 60.0 (" in out
    # The better one is drawn, whichever comes first.
    assert pictures[0] == pictures[1] == pictures[2]


def test_three_seeds_of_each_tell_more_than_two_that_all_have():
    # The curve has 0, 1 and 2, the network 1, 2 and 3.
    alone = [
        line(exact, error + off, seed=seed)
        for exact, error in ((10, 0.8), (40, 0.6), (160, 0.4))
        for seed, off in enumerate((0.0, -0.1, 0.1))
    ]
    mixed = [
        line(10, e, 150, seed) for seed, e in ((1, 0.6), (2, 0.6), (3, 0.3))
    ]
    rows = rows_of([*alone, *mixed], "held_out")
    assert exchange_rate.common_seeds(rows) == []
    (of,) = exchange_rate.exchange(rows[:3], rows[3:], "held_out", 1)
    # The mean curve is 0.8, 0.6, 0.4, and the mean network 0.5.
    assert of.worth[0] == pytest.approx(80 - 10)
    # With a fourth of each there are three that all have.
    more = [line(exact, 0.5, seed=3) for exact in (10, 40, 160)]
    rows = rows_of([*alone, *more, *mixed], "held_out")
    assert exchange_rate.common_seeds(rows) == [1, 2, 3]


def test_seeds_that_all_rows_have(monkeypatch, tmp_path, capsys):
    lines = [
        *ALONE, line(10, 0.6, 150),
        *(line(n, e - 0.1, seed=1) for n, e in ((10, 0.8), (40, 0.6))),
        line(160, 0.3, seed=1), line(10, 0.4, 150, seed=1),
        line(10, 0.9, seed=2),
    ]  # fmt: skip
    rows = rows_of(lines, "held_out")
    (of,) = exchange_rate.exchange(rows[:3], rows[3:], "held_out", 1)
    # The mean curve is 0.75, 0.55, 0.35, and the mean network 0.5.
    assert of.worth[0] == pytest.approx(40 * 4**0.25 - 10)
    path = tmp_path / "runs.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    picture = tmp_path / "exchange.png"
    command = ["exchange_rate", str(path), "--picture", str(picture)]
    monkeypatch.setattr("sys.argv", command)
    exchange_rate.main()
    table = capsys.readouterr().out
    assert exchange_rate.worth_cell(of, 160, 10) in table
    assert exchange_rate.price_cell(of, 160) in table
    assert "is of the seeds that all have: 0, 1." in table
    with Image.open(picture) as image:
        assert image.width == 2 * exchange_rate.WIDTH
    longer = lines[3] | {"epochs": 240, "seed": 0}
    path.write_text("\n".join(map(json.dumps, [*lines, longer])))
    with pytest.raises(SystemExit, match="took different numbers of steps"):
        exchange_rate.main()
    path.write_text("\n".join(map(json.dumps, lines[:3])))
    with pytest.raises(SystemExit, match="There are 0 with coarse ones"):
        exchange_rate.main()
    # Of two of one kind the better one counts.
    mixed = [line(40, error) | {"cutmix": 0.5} for error in (0.9, 0.5)]
    for other, is_there in zip(mixed, (True, False), strict=True):
        others = [other, other | {"seed": 1}]
        path.write_text("\n".join(map(json.dumps, [*lines, *others])))
        exchange_rate.main()
        assert ("| 40 | | | 55.0 (" in capsys.readouterr().out) == is_there
    path.write_text(json.dumps(lines[0]))
    with pytest.raises(SystemExit, match="and alone 10"):
        exchange_rate.main()


def test_rows_without_a_common_seed_are_taken_with_their_own(
    monkeypatch, tmp_path, capsys
):
    lines = [
        line(10, 0.82, seed=1), line(10, 0.78, seed=2), *ALONE[1:],
        line(10, 0.72, 100, seed=1), line(10, 0.68, 100, seed=2),
    ]  # fmt: skip
    rows = rows_of(lines, "held_out")
    (of,) = exchange_rate.exchange(rows[:3], rows[3:], "held_out", 1)
    # As with one seed of each of the mean errors, but less surely.
    assert of.worth[0] == pytest.approx(10)
    (sure,) = exchanged(line(10, 0.7, 100))
    assert of.worth[1] < sure.worth[1]
    assert of.worth[2] > sure.worth[2]
    path = tmp_path / "runs.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    monkeypatch.setattr("sys.argv", ["exchange_rate", str(path)])
    exchange_rate.main()
    assert "is of each row's own seeds" in capsys.readouterr().out


def test_labels_that_are_hardly_worth_one_exact_one():
    (row,) = rows_of([line(10, 0.7, 150)], "held_out")
    of = exchange_rate.Mixed(
        row, 10, 150, (-0.2, -3.0, 5.0), (8e15, 30.0, float("inf"))
    )
    assert exchange_rate.worth_cell(of, 160, 10) == "0 (-3 to 5)"
    assert exchange_rate.price_cell(of, 160) == (
        "more than 150 (30.0 to any number)"
    )
