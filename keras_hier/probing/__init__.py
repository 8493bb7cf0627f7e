"""What each layer of a network knows of classes and their groups.

Features are made once (`kh.analysis.features`, or any framework) and kept;
probes, tree alignment and what a layer adds are all read from them. NumPy and
SciPy only.
"""
