import dataclasses
import json

import numpy as np
import pytest

from keras_hier.files import limits
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.records import layers_codec
from keras_hier.log.records.container import (
    CodecError,
    decode_text,
    encode_text,
)
from keras_hier.log.run_log import LogError, RunLog
from tests.support import small
from tests.support.layers import layers_record

DIGEST = "0123456789abcdef"


def same(a, b):
    return all(
        np.array_equal(
            getattr(a, field.name),
            getattr(b, field.name),
            equal_nan=isinstance(getattr(a, field.name), np.ndarray),
        )
        or (getattr(a, field.name) != getattr(a, field.name))
        for field in dataclasses.fields(a)
    )


@pytest.mark.parametrize("controls", [0, 3])
@pytest.mark.parametrize(
    ("layers", "levels"), [(1, 1), (12, 5), (256, 16), (64, 64)]
)
def test_round_trip(layers, levels, controls):
    record = layers_record(DIGEST, layers, levels, controls)
    assert same(layers_codec.decode(layers_codec.encode(record)), record)


def test_records_from_before_do_not_tell_how_far_controls_lie_apart():
    record = layers_record(DIGEST, 3, 2, 3)
    fields = json.loads(decode_text(layers_codec.encode(record)))
    del fields["over_spread"], fields["alignment_spread"], fields["per_class"]
    beside = [
        *(f"adds_{each}_over" for each in ("loss", "error")),
        *(f"adds_{each}_over_se" for each in ("loss", "error")),
        *(f"adds_{each}_spread" for each in ("loss", "error")),
        *("asked_over", "asked_over_se"),
    ]
    for name in beside:
        del fields[name]
    before = layers_codec.decode(encode_text(json.dumps(fields)))
    assert np.isnan(before.over_spread).all()
    assert before.over_spread.shape == (2,)
    assert np.isnan(before.alignment_spread)
    assert np.isnan(before.per_class)
    for name in beside:
        assert np.isnan(getattr(before, name)).all()
    assert before.asked_over.shape == (len(before.asked),)
    assert np.array_equal(before.over_se, record.over_se)


def test_twelve_layers_at_five_levels_take_little():
    blob = layers_codec.encode(layers_record(DIGEST, 12, 5, 3))
    assert len(blob) < 8 * 1024


def changed(**fields):
    blob = layers_codec.encode(layers_record(DIGEST, 3, 2, 3))
    return encode_text(json.dumps({**json.loads(decode_text(blob)), **fields}))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"version": 2}, "has version 2"),
        ({"hierarchy": "../../x"}, "names no tree"),
        ({"layers": []}, "has 0 layers"),
        ({"layers": ["a", "b"]}, "expected 2"),
        ({"layers": ["a", "b", "c" * 201]}, "layers holds"),
        ({"layers": ["a", "b", 3]}, "layers holds 3"),
        ({"layers": "abc"}, "layers is no list"),
        ({"control_layers": []}, "names no layer of its control"),
        ({"features": [1, 2, -3]}, "features holds -3"),
        ({"right": [0.5] * 5}, "right has 5 entries, expected 3 x 2"),
        ({"over_spread": [5] * 3}, "over_spread has 3 entries, expected 2"),
        ({"right": [0.5] * 5 + ["x"]}, "right holds 'x'"),
        ({"right": [0.5] * 5 + [1e300]}, r"right holds 1e\+300"),
        ({"right": [0.5] * 5 + [True]}, "right holds True"),
        ({"samples": -1}, "samples holds -1"),
        ({"samples": True}, "samples holds True"),
        ({"groups": [1] * 65}, "at 65 levels"),
        (
            {"asked": [3], "asked_error": [0], "asked_error_se": [0]},
            "asked names a layer that there is not",
        ),
        ({"asked": [0, 1]}, "asked_error has 1 entries, expected 2"),
        ({"right": [[0.5]] * 6}, "damaged"),
    ],
)
def test_what_does_not_fit_is_said(fields, said):
    with pytest.raises(CodecError, match=said):
        layers_codec.decode(changed(**fields))


def test_lists_beyond_the_limit_are_not_read():
    with pytest.raises(CodecError, match="damaged"):
        layers_codec.decode(changed(right=[0] * (limits.LAYER_CELLS + 1)))


def test_a_map_larger_than_a_page_is_no_record():
    most = limits.LAYER_CELLS // limits.LAYERS
    layers_codec.encode(layers_record(DIGEST, limits.LAYERS, most, 0))
    with pytest.raises(CodecError, match="256 layers at 17 levels"):
        layers_codec.encode(layers_record(DIGEST, limits.LAYERS, most + 1, 0))
    # The control's layers are their own.
    record = layers_record(DIGEST, 1, limits.LAYER_LEVELS, 3)
    wide = layers_record(DIGEST, 65, limits.LAYER_LEVELS, 0)
    with pytest.raises(CodecError, match="and 65 of a control"):
        layers_codec.encode(
            dataclasses.replace(
                record,
                control_layers=wide.layers,
                control_right=wide.right,
                control_recall=wide.recall,
                control_alignment=wide.alignment,
            )
        )


def test_records_that_do_not_fit_are_not_written():
    record = layers_record(DIGEST, 3, 2, 3)
    with pytest.raises(CodecError, match="right has 2 entries"):
        layers_codec.encode(dataclasses.replace(record, right=record.right[0]))


def test_a_log_gives_back_what_was_written(tmp_path):
    tree = small.hierarchy()
    first, second = (
        layers_record(tree.digest, 3, 2, 3, seed=seed) for seed in (1, 2)
    )
    with BlocksWriter(tmp_path, tree) as writer:
        writer.matrix(np.eye(tree.num_classes), 1)
        writer.layers(first, 1)
        writer.layers(second, 4)
    log = RunLog(str(tmp_path))
    assert log.layer_epochs() == (1, 4)
    assert same(log.layers(epoch=1), first)
    assert same(log.layers(), second)
    # An output may be called "layers".
    assert log.outputs == ("class",)
    with pytest.raises(LogError, match="no layers below output 'x'"):
        log.layers("x")


def test_a_record_over_another_tree_is_refused(tmp_path):
    record = layers_record(DIGEST, 3, 2, 3)
    with (
        BlocksWriter(tmp_path, small.hierarchy()) as writer,
        pytest.raises(ValueError, match="under the tree 0123"),
    ):
        writer.layers(record, 1)
