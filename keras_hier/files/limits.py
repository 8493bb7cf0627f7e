"""Limits on the size of files and records that are read or written.

A log, a saved model or a file may claim any size. The claim is checked against
these limits, and against the bytes that are there, before memory is allocated.
Readers and writers both refuse what exceeds them. Within them a record takes
less than 1 GiB of memory to read, whatever it holds
(`tests/support/blobs.py` measures that).
"""

# Classes or groups of one tree: fifty times those of ImageNet-21k (21,841).
CLASSES = 2**20
# A tree in which every group has two children or more has fewer than this.
NODES = 2 * CLASSES
# Names of the levels of a tree, and characters of one: each becomes a button.
LEVEL_NAMES = 32
LEVEL_NAME_LENGTH = 100
# Display levels of which a matrix says what it counts beside its cells.
COARSE_LEVELS = 64
# Layers of a network that are looked at, levels of its tree, and layers times
# levels: the cells of a map on the page.
LAYERS = 256
LAYER_LEVELS = COARSE_LEVELS
LAYER_CELLS = 4096
# Classes times features of a layer whose class means are kept: 8,192 x 4,096,
# or 21,841 x 1,536. They are read as 128 MiB. A 3 x 3 grid of 2,048 channels,
# the widest layer of ResNet-50, has 18,432 features.
MEANS = 2**25
FEATURES = 2**17
# Channels times the strongest samples that are kept of each: 6 of 174,762
# channels. Their ids are read as 64 MiB.
STRONGEST = 2**20
# A 5,000 x 5,000 matrix without a zero has 25 million; no larger one is
# counted on a device. Larger sparse ones are far below: the 14 million samples
# of ImageNet-21k fill at most 14 million cells.
NONZEROS = 25_000_000
# The most that the server analyses while the page waits, about half a minute
# each. These are nonzero cells of a matrix (1.4 GiB), samples times classes
# kept of each (1.1 GiB), groups of a tree, its levels, children of one node,
# and classes of which a tree is computed. The functions and commands take more.
ANALYSED_CELLS = 5_000_000
ANALYSED_RANKED = 7_000_000
ANALYSED_GROUPS = 100_000
ANALYSED_LEVELS = 5_000
ANALYSED_SIBLINGS = 2_000
ANALYSED_TREE = 2_000
# Classes times the depth of their tree, in a metric or a CSV: 5,000 classes
# have some 100,000 such places. The tree of a saved model may be a chain of a
# million.
PATHS = 25_000_000
# Three times the training set of ImageNet (1.3 million).
SAMPLES = 2**22
# Classes that are kept of a sample: 5 are written.
TOP = 100
# Samples times classes kept of each: five of as many samples as there may be.
RANKED = 5 * SAMPLES

# Bytes that a compressed record inflates to: 1.3 million ids of 38 characters
# take 54 MiB.
INFLATED_BYTES = 128 * 2**20
# The JSON of a tree or a grouping: 21,841 classes take 2 MiB.
TREE_BYTES = 64 * 2**20
# The JSON in front of a record: a few hundred bytes, but for the pictures,
# whose header names the first sample of each piece.
HEADER_BYTES = 64 * 2**10
# Thumbnails are packed into pieces of 4 MiB; one that is larger has a piece to
# itself.
PIECE_BYTES = 64 * 2**20
# One gRPC message of TensorBoard's data server, its default loader: it holds
# all records of a series, so a larger series never arrives, nor a larger
# record.
MESSAGE_BYTES = 256 * 2**20
RECORD_BYTES = MESSAGE_BYTES

# Text files that users name: scores of 50,000 samples of 1,000 classes
# as CSV take 0.5 GiB.
FILE_BYTES = 2**30
# A compressed array of users, unpacked: float32 scores of a million
# samples of a thousand classes. One that is not compressed is as large as its
# file.
ARRAY_BYTES = 4 * 2**30
# Labels in such an array: four times the images of ImageNet-21k. They take
# 3 GiB while they are read.
LABELS = 2**26
