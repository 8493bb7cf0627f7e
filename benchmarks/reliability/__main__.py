"""All that docs/why/reliability.md promises, tried for some minutes.

    python -m benchmarks.reliability [--only PART] [--json FILE]

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

# No record and no log may take more; a starved machine is slower than ours.
BOMB_MIB = 1024
BOMB_SECONDS = 30
GROWN_MIB = 256


PARTS: dict[str, Any] = {
    part.__name__.rpartition(".")[2]: part
    for part in (kills, full_disk, clock, blobs, bombs, heavy, hostile_routes)
}


def is_broken(name: str, found: dict[str, Any]) -> bool:
    """Tells whether the promise of a part was broken, by what it returned."""
    if name == "clock":
        return not all(found.values())
    if name in ("bombs", "heavy"):
        return any(
            figures["MiB"] > BOMB_MIB
            or figures["seconds"] > BOMB_SECONDS
            or figures.get("outcome") in ("MemoryError", "RecursionError")
            or figures.get("statuses", [200]) != [200]
            for figures in found.values()
        )
    bad = sum(found.get(each, 0) for each in ("lost", "damaged", "failures"))
    return bad > 0 or found.get("grown", 0) > GROWN_MIB * 2**20


def main() -> int:
    """Tries everything; returns 1 if a promise was broken, or not tried."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--only", choices=PARTS, help="one part")
    args = parser.parse_args()
    found: dict[str, Any] = {}
    for name in (args.only,) if args.only else PARTS:
        print(f"-- {name}", flush=True)
        found[name] = PARTS[name].run()
    broken = [name for name in found if is_broken(name, found[name])]
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
