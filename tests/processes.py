"""Watch processes that are not our children."""

import os
import select


def wait_for_end(pid: int, *, seconds: float) -> bool:
    """Wait until a process that may be no child of ours has ended; tell whether it did."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], seconds)[0])
    finally:
        os.close(process)
