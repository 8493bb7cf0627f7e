"""Sets of runs by their names: keys, seeds that are offered, pairs."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_hier.log import metadata
from tb_plugin.reading.seeds import (
    MAX_MEMBERS,
    RunSet,
    name_of,
    offered,
    pairs_of,
    run_set,
    seed_of,
)


class TestKeys:
    @settings(max_examples=30)
    @given(
        st.lists(
            st.text('a1"\\/,[]. \u2028é😀', min_size=1, max_size=9),
            min_size=2,
            max_size=5,
            unique=True,
        ),
        st.sampled_from(["", "train", "validation", "test"]),
    )
    def test_there_and_back(self, names, split):
        # A name that ends like a split is read as that of another run.
        if not split and metadata.name_and_split(json.dumps(names))[1]:
            return
        found = run_set(RunSet(tuple(names), split).key)
        assert found is not None
        assert set(found.names) == set(names)
        assert found.split == split
        assert run_set(found.key) == found

    def test_members_are_runs_of_the_split_by_their_numbers(self):
        found = run_set('["b",".","a"]/train')
        assert found == RunSet((".", "a", "b"), "train")
        assert found.members == ("train", "a/train", "b/train")
        assert run_set('["seed10","seed9"]/train').names == ("seed9", "seed10")
        most = [f"a{i}" for i in range(MAX_MEMBERS)]
        assert len(run_set(json.dumps(most)).names) == MAX_MEMBERS

    @pytest.mark.parametrize(
        "text",
        [
            "a/validation",
            "",
            '["a"]/validation',
            '["a","a"]/validation',
            '["a",1]/validation',
            '["a",""]/validation',
            '["a","b"',
            '["a","b"]/valid',
            # Half a character, which no name of a run can hold.
            '["\\ud800","a"]/validation',
            '["' + "[" * 7000,
            '["a",' + "[" * 7000 + "]" * 7000 + "]",
            '["a","' + "b" * 9000 + '"]',
            json.dumps([f"a{i}" for i in range(MAX_MEMBERS + 1)]),
        ],
    )
    def test_anything_else_is_no_set(self, text):
        assert run_set(text) is None


class TestOffers:
    @pytest.mark.parametrize(
        ("name", "seed"),
        [
            ("resnet-seed12", ("resnet-seed", 12, "")),
            ("resnet_seed=3_adam", ("resnet_seed=", 3, "_adam")),
            ("Seed 4", ("Seed ", 4, "")),
            ("plain/run_7", ("plain/run_", 7, "")),
            ("resnet50-s2", ("resnet50-s", 2, "")),
            ("layer3-seed1", ("layer3-seed", 1, "")),
        ],
    )
    def test_where_the_number_is(self, name, seed):
        assert seed_of(name) == seed

    def test_numbers_that_are_no_seeds(self):
        names = "conv4_groups30 resnet50 epoch-3 fold_2 my-layer-2 v-2 prune7"
        assert {seed_of(name) for name in names.split()} == {None}

    @pytest.mark.parametrize(
        "names", ["a-seed1 a-seed7", "a-1 a-2 a-3", "a-0 a-1", "seed9 seed10"]
    )
    def test_seeds_are_offered_together(self, names):
        runs = [f"{name}/validation" for name in names.split()]
        [found] = offered(runs[::-1])
        assert list(found.names) == names.split()

    @pytest.mark.parametrize(
        "names",
        [
            "a-seed1 b-seed2",
            "a-seed1",
            # Not numbered one by one: it may be anything.
            "a-18 a-34",
            "a-1 a-3",
            "vit-s16 vit-s32",
            "epoch-1 epoch-2",
            " ".join(f"seed{i}" for i in range(MAX_MEMBERS + 1)),
            # A seed twice is not two seeds; which of the two is meant?
            "x-seed1 x-seed01 x-seed2",
            "x-0 x-00 x-1",
        ],
    )
    def test_others_are_not(self, names):
        assert not list(offered(f"{name}/train" for name in names.split()))

    def test_each_split_by_itself(self):
        runs = ["seed1/train", "seed2/train", "seed2/validation"]
        [found] = offered(runs)
        assert found.key == '["seed1","seed2"]/train'

    @pytest.mark.parametrize(
        ("names", "is_offered", "name"),
        [
            (["r-seed1", "r-seed2", "r-seed3"], True, "r-seed* (3 runs)"),
            (["r-seed1", "r-seed3"], False, "r-seed1,3 (2 runs)"),
            (["plain", "heads"], False, "plain + heads"),
            (["x" * 30, "y" * 30], False, f"{'x' * 30} + 1 others (2 runs)"),
        ],
    )
    def test_what_they_are_called(self, names, is_offered, name):
        assert name_of(RunSet(tuple(names), ""), is_offered) == name

    @pytest.mark.parametrize(
        ("one", "other", "pairs"),
        [
            (["a-seed3", "a-seed1"], ["b2", "b1"], ([], [])),
            (["a-seed1", "a-seed3"], ["b-run4", "b-run3"], ([1], [1])),
            (["s1", "s3", "s4"], ["run4", "run2", "run1"], ([0, 2], [2, 0])),
            # Two of one number: nobody knows which is meant.
            (["a-seed1", "b-seed1"], ["c-seed1", "c-seed2"], ([], [])),
        ],
    )
    def test_seeds_are_paired_by_their_numbers(self, one, other, pairs):
        assert pairs_of(one, other) == pairs
