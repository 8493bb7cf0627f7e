"""Two runs of the tests' log, and their matrices."""

import gzip

import numpy as np
from logged import EPOCHS
from screen import Screen

from keras_hier.log.records import matrix_codec

PLAIN, HIER = "plain/validation", "hier/validation"


def matrix_of(server, run, step=EPOCHS, output="class"):
    """Returns one logged matrix in label order, int [C, C]."""
    path = "data/plugin/blocks/matrix"
    status, blob = server.fetch(path, run=run, output=output, step=step)
    assert status == 200
    if blob[:4] == b"KHM1":
        blob = gzip.compress(blob)
    return matrix_codec.decode(blob)[1].toarray().astype(int)


def blocks_of(hierarchy, matrix, nodes):
    """Errors between groups, int [G, G]: on the diagonal those within."""
    ordered = matrix[np.ix_(hierarchy.order, hierarchy.order)].copy()
    np.fill_diagonal(ordered, 0)
    edges = [hierarchy.start[node] for node in nodes]
    rows = np.add.reduceat(ordered, edges, axis=0)
    return np.add.reduceat(rows, edges, axis=1)


def open_screen(page, server, **view):
    """Opens the page and waits until a matrix is drawn."""
    return open_any(page, server, **view).ready()


def open_any(page, server, against="", **view):
    """Opens the tab where no single matrix may come."""
    view = {"run": PLAIN, **({"with": against} if against else {}), **view}
    return Screen(page, server.plugin_url, **view)
