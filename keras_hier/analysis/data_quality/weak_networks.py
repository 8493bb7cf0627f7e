"""Whether a network is right often enough to tell faults of its data.

A network that sees little of its images confuses classes that differ, and is
sure of classes that are wrong. Such errors pass every test, since other images
repeat them: that the network makes them is shown, that the data are to blame is
not. So there is one rule for all that is said of data, held by simulation
(`tests.support.weak_networks`): below `WEAK` nothing is listed.
"""

WEAK = 0.6


def is_weak(accuracy: float) -> bool:
    """Says whether a network is right on fewer than 60 % of the samples.

    Args:
        accuracy: share of the samples that are right; NaN if there are none.

    Returns:
        True for a network whose errors say nothing of the data; False of NaN,
        where there is nothing to list.

    Example:
        >>> is_weak(0.36), is_weak(0.6)
        (True, False)
    """
    return accuracy < WEAK
