"""Prints the tables of answers, of lines that `halves` wrote.

python -m study.answers.table study/results/answers.jsonl
"""

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from study.tables.lines import read_lines

Line = dict[str, Any]
NAMES = {
    "lite0-224": "Lite0, 224 px",
    "lite0-128": "Lite0, 128 px",
    "lite0-1000": "Lite0, 1,000 classes",
    "alexnet-450": "AlexNet, 450 images a class",
    "alexnet-100": "AlexNet, 100 images a class",
    "glosses22": "glosses, 22 classes",
    "glosses102": "glosses, 102 classes",
}
PROMISES = (0.9, 0.95)


def main() -> None:
    """Reads the command line, prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lines", type=Path, nargs="+")
    print("\n\n".join(tables(read_lines(parser.parse_args().lines))))


def tables(lines: list[Line]) -> list[str]:
    """Returns what is said, which rule says more, and what fails."""
    return [promised(lines), rules(lines), failing(lines)]


class Network:
    """The lines of a network, found by what they are about."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = {
            (
                line["setting"],
                line["method"],
                line["promise"],
                line["confidence"],
            ): line
            for line in lines
        }
        first = next(iter(self._lines.values()))
        name = str(first["network"])
        self.title = NAMES.get(name, name)
        self.right = first["right"]

    def of(
        self,
        method: str,
        promise: float | None = None,
        confidence: float | None = None,
        setting: str = "usual",
    ) -> Line | None:
        """Returns a line, or None where nothing was promised."""
        return self._lines.get((setting, method, promise, confidence))

    def shares(self, method: str, name: str, **how: Any) -> str:
        """Returns a figure in per cent, at both promises."""
        found = [self.of(method, promise, **how) for promise in PROMISES]
        return ", ".join(
            f"{100 * line[name]:.1f}" if line else "refused" for line in found
        )

    def spoken(self, promise: float) -> str:
        """Returns how many answers that say something are right, per cent."""
        line = self.of("information", promise)
        if not line:
            return "refused"
        wrong = (1 - line["accuracy"]) / (1 - line["nothing"])
        return f"{100 * (1 - wrong):.1f}"


def networks(lines: list[Line]) -> list[Network]:
    """Returns the networks in the order of `NAMES`, then others."""
    every = dict.fromkeys([*NAMES, *(line["network"] for line in lines)])
    own = [[x for x in lines if x["network"] == name] for name in every]
    return [Network(each) for each in own if each]


def promised(lines: list[Line]) -> str:
    """Returns the table of what is promised, held and said."""
    titles = ["network", "right alone", "answers right", "held on average"]
    titles += ["held with 0.9", "class, group, nothing at 95 %"]
    titles += ["right without nothing", "coverage"]
    titles += ["refusing covers", "raised set: right", "it covers"]
    titles += ["threshold: right"]
    return _table(titles, lines, _promised)


def _promised(network: Network) -> list[str]:
    def said(name: str) -> str:
        line = network.of("information", 0.95)
        return f"{100 * line[name]:.0f}" if line else ""

    return [
        f"{100 * network.right:.1f}",
        network.shares("information", "accuracy"),
        network.shares("information", "kept"),
        network.shares("information", "kept", confidence=0.9),
        ", ".join(map(said, ("class", "group", "nothing"))),
        ", ".join(map(network.spoken, PROMISES)),
        network.shares("information", "coverage"),
        network.shares("refusing", "coverage"),
        network.shares("raised set", "accuracy"),
        network.shares("raised set", "coverage"),
        network.shares("threshold", "accuracy", setting="no temperature"),
    ]


def rules(lines: list[Line]) -> str:
    """Returns the table of which rule says more, and of hAURC."""
    titles = ["network", "information over climbing, coverage at 90 %"]
    titles += ["at 95 %", "over refusing at 90 %", "at 95 %"]
    titles += ["hAURC of refusing", "climbing takes off", "information"]
    titles += ["without temperature: climbing", "information"]
    return _table(titles, lines, _rules)


def _rules(network: Network) -> list[str]:
    cells = []
    for method in ("climbing", "refusing"):
        for promise in PROMISES:
            line = network.of(method, promise)
            more = line and line["information_more"]["coverage"]
            cells.append(_spread(more) if more else "")
    area = network.of("refusing", setting="area")
    cells.append(f"{area['area'][0]:.3f}" if area else "")
    for heat in ("", ", no temperature"):
        for rule in ("climbing", "information"):
            line = network.of(rule + heat, setting="area")
            cells.append(_spread(line["less_than_refusing"]) if line else "")
    return cells


def failing(lines: list[Line]) -> str:
    """Returns the table of what breaks a promise, or costs coverage."""
    titles = ["network", "any half rarer", "easier half rarer"]
    titles += ["30 samples", "100 samples", "± at 95 %", "logits x 3"]
    titles += ["coverage then", "threshold then"]
    return _table(titles, lines, _failing)


def _failing(network: Network) -> list[str]:
    few = network.of("information", 0.95, setting="100 samples")
    settings = ("any half rarer", "the easier half rarer", "30 samples")
    return [
        *(
            network.shares("information", "accuracy", setting=each)
            for each in (*settings, "100 samples")
        ),
        f"{100 * few['accuracy_sd']:.1f}" if few else "",
        network.shares("information", "accuracy", setting="overconfident"),
        network.shares("information", "coverage", setting="overconfident"),
        network.shares("threshold", "accuracy", setting="overconfident"),
    ]


def _spread(values: list[float]) -> str:
    mean, low, high = (100 * each for each in values)
    return f"{mean:+.1f} ({low:+.1f} to {high:+.1f})"


def _table(
    titles: list[str], lines: list[Line], row: Callable[[Network], list[str]]
) -> str:
    rows = [[each.title, *row(each)] for each in networks(lines)]
    head = [titles, ["---"] * len(titles)]
    return "\n".join(f"| {' | '.join(one)} |" for one in head + rows)


if __name__ == "__main__":
    main()
