"""Reads what each layer of a network knows of classes and their groups.

Probes, tree alignment and what a layer adds are all read from `Features`, which
any framework can make. NumPy and SciPy only.
"""
