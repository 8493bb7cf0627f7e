"""Epochs of a run, and of several runs summed: read when they are asked for."""

import dataclasses
from collections.abc import Hashable, Sequence
from functools import cached_property

from scipy import sparse

from keras_hier.files import limits
from keras_hier.log.records import matrix_codec
from keras_hier.log.records.container import CodecError
from tb_plugin.reading.cache import Cache

Decoded = tuple[matrix_codec.MatrixHeader, sparse.csr_array]


@dataclasses.dataclass(frozen=True)
class Epoch:
    """One record of a series.

    Attributes:
        step: the epoch; Keras's first is 1.
        wall_time: seconds since 1970.
        blob: the stored bytes, not yet checked.
    """

    step: int
    wall_time: float
    blob: bytes

    # The number of runs that it sums.
    runs = 1

    @property
    def stamp(self) -> Hashable:
        """A mark that changes when the epoch is logged again."""
        return self.wall_time

    @cached_property
    def header(self) -> matrix_codec.MatrixHeader:
        """The header of the stored matrix; CodecError if damaged."""
        return matrix_codec.read_header(self.blob)

    @cached_property
    def peeked(self) -> matrix_codec.MatrixHeader:
        """The same, believed as long as the record is whole: much faster."""
        return self.__dict__.get("header") or matrix_codec.peek(self.blob)

    @cached_property
    def checked_blob(self) -> bytes:
        """The blob, once it has been decoded; CodecError if damaged."""
        self.decode()
        return self.blob

    def decode(self) -> Decoded:
        """Returns header and counts [n, n]; CodecError if damaged."""
        return matrix_codec.decode(self.blob)


@dataclasses.dataclass(frozen=True)
class SummedEpoch:
    """One epoch of several runs: the sum of their matrices.

    Attributes:
        step: the epoch; Keras's first is 1.
        members: the sub-runs.
        parts: their records of this epoch.
        cache: keeps the sum.
        key: of the series in the cache.
    """

    step: int
    members: tuple[str, ...]
    parts: tuple[Epoch, ...]
    cache: Cache
    key: Hashable

    @property
    def runs(self) -> int:
        """The number of runs that it sums."""
        return len(self.parts)

    @property
    def wall_time(self) -> float:
        """When the last of them was written."""
        return max(part.wall_time for part in self.parts)

    @property
    def stamp(self) -> Hashable:
        """A mark that changes when any of them is logged again."""
        return tuple(part.wall_time for part in self.parts)

    @cached_property
    def header(self) -> matrix_codec.MatrixHeader:
        """The header of the sum; `nonzeros` is an upper bound.

        CodecError if a part is damaged, they are of different trees, or
        together larger than one matrix may be.
        """
        headers = []
        for member, part in zip(self.members, self.parts, strict=True):
            try:
                headers.append(part.peeked)
            except CodecError as error:
                raise CodecError(f"{member:.100}: {error}") from error
        first = headers[0]
        for member, header in zip(self.members, headers, strict=True):
            if (header.hierarchy, header.grouping, header.size) != (
                first.hierarchy,
                first.grouping,
                first.size,
            ):
                raise CodecError(
                    f"{self.members[0]:.100} and {member:.100} logged epoch "
                    f"{self.step} with different trees."
                )
        nonzeros = sum(header.nonzeros for header in headers)
        if nonzeros > limits.NONZEROS:
            raise CodecError(
                f"The matrices of {len(headers)} runs have {nonzeros:,} "
                f"nonzero cells; at most {limits.NONZEROS:,} are summed. "
                "Choose fewer runs."
            )
        levels, largest = _summed_levels(headers)
        return dataclasses.replace(
            first,
            nonzeros=min(nonzeros, first.size**2),
            total=sum(h.total for h in headers),
            correct=sum(h.correct for h in headers),
            coarse=sum(h.coarse for h in headers),
            coarse_levels=levels,
            coarse_largest=largest,
        )

    @property
    def checked_blob(self) -> bytes:
        """The sum as a log would hold it; CodecError if a part is damaged."""

        def encode() -> bytes:
            header, matrix = self.decode()
            return matrix_codec.encode(
                matrix,
                hierarchy=header.hierarchy,
                grouping=header.grouping,
                role=header.role,
                layer=header.layer,
                coarse=matrix_codec.CoarseHeader(
                    header.coarse, header.coarse_levels, header.coarse_largest
                ),
            )

        key = (self.key, self.step, self.stamp)
        return self.cache.get_or_compute(key, encode, len)

    def decode(self) -> Decoded:
        """Returns header and counts [n, n]; CodecError if a part is damaged."""
        header = self.header
        # One by one: twenty at once do not fit where one and the sum do.
        matrix = self._decode_part(0)
        for number in range(1, len(self.parts)):
            matrix = matrix + self._decode_part(number)
        matrix = sparse.csr_array(matrix)
        return dataclasses.replace(header, nonzeros=int(matrix.nnz)), matrix

    def _decode_part(self, number: int) -> sparse.csr_array:
        try:
            return self.parts[number].decode()[1]
        except CodecError as error:
            raise CodecError(f"{self.members[number]:.100}: {error}") from error


AnyEpoch = Epoch | SummedEpoch


def parts_of(run: str, epoch: AnyEpoch) -> list[tuple[str, Epoch]]:
    """Returns each run of which an epoch is the sum, and its record."""
    if isinstance(epoch, Epoch):
        return [(run, epoch)]
    return list(zip(epoch.members, epoch.parts, strict=True))


def _summed_levels(
    headers: Sequence[matrix_codec.MatrixHeader],
) -> tuple[list[tuple[int, int, int]], list[int]]:
    """Sums what levels say of samples that stand in no cell.

    Runs of one tree have the same levels; one without such samples names none.

    Returns:
        The `coarse_levels`, and the `coarse_largest` if all runs have these.
    """
    sums: dict[int, list[int]] = {}
    are_known = True
    for header in headers:
        levels, largest = header.coarse_levels, header.coarse_largest
        are_known &= len(largest) == len(levels)
        for at, (groups, *counts) in enumerate(levels):
            counts.append(largest[at] if are_known else 0)
            before = sums.get(groups, (0, 0, 0))
            sums[groups] = [
                sum(pair) for pair in zip(before, counts, strict=True)
            ]
    return (
        [
            (groups, judged, right)
            for groups, (judged, right, _) in sums.items()
        ],
        [most for *_, most in sums.values()] if are_known else [],
    )
