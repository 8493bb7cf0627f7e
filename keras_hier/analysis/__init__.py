"""Analyses of data and of a network by the predictions of the network.

`quality` finds classes and labels at fault, `evidence` tells differences from
chance. NumPy and SciPy only.
"""
