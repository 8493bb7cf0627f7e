"""All that docs/reliability.md promises, tried for some minutes.

    python -m benchmarks.reliability [--json FILE]

100 kills, full disks, a clock that is behind, 12,000 damaged records, records
that claim to be large, 5,000 requests to both of TensorBoard's loaders.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.reliability import blobs, bombs, clock, full_disk, kills, routes


def main() -> int:
    """Tries everything; returns 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="where the figures go")
    args = parser.parse_args()
    found: dict[str, Any] = {}
    for part in (kills, full_disk, clock, blobs, bombs, routes):
        name = part.__name__.rpartition(".")[2]
        print(f"-- {name}", flush=True)
        found[name] = part.run()
    broken = [
        name
        for name, bad in {
            "kills": found["kills"]["lost"],
            "full_disk": found["full_disk"].get("lost", 0)
            + found["full_disk"].get("damaged", 0),
            "clock": not all(found["clock"].values()),
            "blobs": found["blobs"]["failures"],
            "routes": found["routes"]["failures"],
        }.items()
        if bad
    ]
    if args.json:
        args.json.write_text(json.dumps(found, indent=2, default=str))
    print("broken: " + ", ".join(broken) if broken else "all promises held")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
