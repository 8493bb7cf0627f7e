"""Whether a network is right often enough to tell faults of its data.

A network that sees little of its images confuses classes that differ. Other
images repeat such errors, so these are beyond chance, but the data are not to
blame. So below an accuracy of `WEAK`, chosen by simulation
(`tests.support.weak_networks`), no list has an entry.
"""

WEAK = 0.6


def is_weak(accuracy: float) -> bool:
    """Says whether a network is right on fewer than 60 % of the samples.

    Example:
        >>> is_weak(0.36), is_weak(0.6)
        (True, False)
    """
    return accuracy < WEAK
