"""Numbers of things in sentences: one sample, two samples."""


def quantity(number: int, noun: str) -> str:
    """Returns a number with its noun, which gets an s for several.

    Example:
        >>> quantity(1, "epoch"), quantity(1234, "class")
        ('1 epoch', '1,234 classes')
    """
    ending = "es" if noun.endswith("s") else "s"
    return f"{number:,} {by_number(number, noun, noun + ending)}"


def by_number(number: int, one: str, several: str) -> str:
    """Returns the words for one thing, or those for none or several."""
    return one if number == 1 else several


def percent(share: float, digits: int = 1) -> str:
    """Returns a share, 0 to 1, as text, such as "59.3 %"."""
    return f"{100 * share:.{digits}f} %"
