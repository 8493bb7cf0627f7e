"""A logged block matrix as a picture: the Blocks tab without a browser.

The same matrix, trees, outlines, halo and legend as on the page, at twice its
resolution: for notebooks, papers and CI. Neither Keras nor TensorFlow is
imported, and nothing is fetched.
"""

from keras_hier.report.pictures import draw_matrix, draw_run, save

__all__ = ["draw_matrix", "draw_run", "save"]
