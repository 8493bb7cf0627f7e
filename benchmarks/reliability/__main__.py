"""All that docs/why/reliability.md promises, tried for some minutes.

    python -m benchmarks.reliability [--json FILE]

100 kills, full disks, a clock that is behind, 12,000 damaged records, records
that claim to be large, 5,000 requests to both of TensorBoard's loaders.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.reliability import clock, full_disk, heavy, kills
from tests.support import blobs, bombs, hostile_routes

# What no record and no log may take; a starved machine is slower than ours.
BOMB_MIB = 1024
BOMB_SECONDS = 30
GROWN_MIB = 256


def broken_promises(found: dict[str, Any]) -> list[str]:
    """Returns the names of parts whose promise was broken.

    Args:
        found: what each part returned, by name.
    """
    disk = found["full_disk"]
    bad = {
        "kills": found["kills"]["lost"],
        "full_disk": disk.get("lost", 0) + disk.get("damaged", 0),
        "clock": not all(found["clock"].values()),
        "blobs": found["blobs"]["failures"],
        "bombs": [
            name
            for name, figures in found["bombs"].items()
            if figures["MiB"] > BOMB_MIB
            or figures["seconds"] > BOMB_SECONDS
            or figures["outcome"] in ("MemoryError", "RecursionError")
        ],
        "heavy": [
            name
            for name, figures in found["heavy"].items()
            if figures["MiB"] > BOMB_MIB
            or figures["seconds"] > BOMB_SECONDS
            or figures["statuses"] != [200]
        ],
        "hostile_routes": found["hostile_routes"]["failures"]
        or found["hostile_routes"]["grown"] > GROWN_MIB * 2**20,
    }
    return [name for name, is_bad in bad.items() if is_bad]


def main() -> int:
    """Tries everything; returns 1 if a promise was broken, or not tried."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="where the figures go")
    args = parser.parse_args()
    found: dict[str, Any] = {}
    for part in (kills, full_disk, clock, blobs, bombs, heavy, hostile_routes):
        name = part.__name__.rpartition(".")[2]
        print(f"-- {name}", flush=True)
        found[name] = part.run()
    broken = broken_promises(found)
    untried = [name for name, part in found.items() if "skipped" in part]
    if args.json:
        args.json.write_text(json.dumps(found, indent=2, default=str))
    if untried:
        print("not tried: " + ", ".join(untried))
    if broken:
        print("broken: " + ", ".join(broken))
    elif not untried:
        print("all promises held")
    return bool(broken or untried)


if __name__ == "__main__":
    sys.exit(main())
