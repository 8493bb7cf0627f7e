"""The limit of open files, and how many TensorBoard would need.

Following every event file of a folder, and not only the newest, takes a file
handle for each that was written recently. When handles run out, TensorBoard's
reader stops and its pages no longer answer.
"""

import os
import time
from collections.abc import Iterable

# A folder that needs more than the lower limit is too large to read anyway. On
# macOS it may be the real limit, whatever hard limit the system reports.
_PLENTY = 10_240
_WANTED = (65_536, _PLENTY)
# How long a start may be delayed by looking at the disk.
_SECONDS = 2.0


def raise_limit() -> int | None:
    """Raises the limit of open files as far as allowed, up to 65,536.

    Child processes inherit it. It is never lowered. None where there is none.
    """
    try:
        import resource
    except ImportError:  # Windows
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return None
    for most in _WANTED:
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        if soft >= wanted:
            break
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            continue
        return wanted
    return soft


def has_room_for(
    folders: Iterable[str], limit: int | None, active_seconds: float
) -> bool:
    """Tells whether all event files still written to may be held open.

    Only a low limit makes it look at the disk, and then for 2 s at most: a
    folder that takes longer counts as too large. TensorBoard holds a file open
    for so many seconds after its last record; negative for ever.
    """
    if limit is None or limit >= _PLENTY:
        return True
    # A quarter is left for connections, libraries and the server itself.
    room = limit - limit // 4
    since = time.time() - active_seconds if active_seconds >= 0 else 0.0
    end = time.monotonic() + _SECONDS
    found = 0
    for folder in folders:
        if "://" in folder:
            continue
        top = os.path.expanduser(folder)
        # TensorBoard follows links, too.
        for place, _, names in os.walk(top, followlinks=True):
            for name in names:
                found += "tfevents" in name and _changed(place, name) >= since
                if found > room:
                    return False
            if time.monotonic() > end:
                return False
    return True


def _changed(place: str, name: str) -> float:
    try:
        return os.stat(os.path.join(place, name)).st_mtime
    except OSError:
        return 0.0
