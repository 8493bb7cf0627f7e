import pytest

from keras_hier.log import metadata


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("plain/validation", ("plain", "validation")),
        ("a/b/train", ("a/b", "train")),
        ("a/test", ("a", "test")),
        ("validation", (".", "validation")),
        ("plain", ("plain", "")),
        (".", (".", "")),
        ("plain/val", ("plain/val", "")),
        ("", ("", "")),
    ],
)
def test_name_and_split(run, expected):
    assert metadata.name_and_split(run) == expected


def test_stored_names():
    # These are in everybody's logs: they must never change.
    assert metadata.PLUGIN_NAME == "blocks"
    assert metadata.matrix_tag("conv2_groups4") == "blocks/conv2_groups4"
    assert metadata.hierarchy_tag("ab") == "blocks/hierarchy/ab"
    assert metadata.grouping_tag("ab") == "blocks/grouping/ab"
    assert metadata.scalar_tag("class", "severity") == (
        "hierarchy/class/severity"
    )
    assert (
        metadata.metadata_content("matrix")
        == b'{"version": 1, "kind": "matrix"}'
    )


@pytest.mark.parametrize("kind", metadata.KINDS)
def test_kind_round_trip(kind):
    assert metadata.kind_of(metadata.metadata_content(kind)) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b'{"version": 2, "kind": "matrix"}',
        b'{"version": 1, "kind": "sounds"}',
        b'{"version": 1, "kind": []}',
        b'{"kind": "matrix"}',
        b"[" * 900,
        b"[" * 100_000,
        b'{"version": 1, "kind": "matrix", "x": ' + b"9" * 900,
        b'{"version": 1, "kind": "matrix", "x": "' + b"9" * 1000 + b'"}',
    ],
)
def test_kind_of_another_version_or_program_is_none(content):
    assert metadata.kind_of(content) is None


@pytest.mark.parametrize("output", ["class", "a b", "hierarchy", "é"])
def test_output_round_trip(output):
    for name, kind in (
        (metadata.matrix_tag, "matrix"),
        (metadata.samples_tag, "samples"),
    ):
        assert metadata.output_of(name(output)) == output
        assert metadata.kind_of_tag(name(output)) == kind


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        (metadata.hierarchy_tag("0" * 16), "hierarchy"),
        (metadata.grouping_tag("0" * 16), "grouping"),
        (metadata.index_tag("0" * 16), "sample_index"),
        (metadata.pictures_tag("0" * 16, 3), "pictures"),
        ("", None),
        ("blocks", None),
        ("blocks/", None),
        ("blocks//", None),
        ("blocks/samples/", None),
        ("/etc/passwd", None),
        ("blocks/../../x", None),
        ("blocks/a/b", None),
        ("blocks/pictures/0", None),
        ("blocks/samples/a/b", None),
        ("hierarchy/class/distance", None),
    ],
)
def test_kind_of_a_tag(tag, kind):
    assert metadata.kind_of_tag(tag) == kind


@pytest.mark.parametrize("step", [-1, 10**15, 2**63 - 1, None, 1.0, "1"])
def test_what_numbers_no_epoch(step):
    with pytest.raises(ValueError, match="number of the epoch"):
        metadata.as_step(step)


@pytest.mark.parametrize("output", ["", "a/b"])
def test_output_names_that_make_no_tag(output):
    with pytest.raises(ValueError, match="without '/'"):
        metadata.matrix_tag(output)
