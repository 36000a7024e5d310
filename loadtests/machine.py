"""The machine a figure was taken on; without it the figure says nothing.

Reads what the system tells about itself, and of processes their CPU time and memory. Where the
system does not tell (no `/proc`), the answer is None rather than a guess.
"""

import os
import platform
import resource
import time
from pathlib import Path

import msgspec

PAGE = resource.getpagesize()
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures were taken on; `load` is the one-minute load average at the start."""

    cpu: str
    cores: int
    memory_gib: float
    system: str
    python: str
    load: float


def describe() -> Machine:
    """Describe this machine as it is now."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
        memory_gib=round(memory / 2**30, 1),
        system=f"{platform.system()} {platform.machine()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        load=round(os.getloadavg()[0], 2),
    )


def resident_bytes() -> int:
    """Tell how much memory this process has resident now; where it is not told, at most so far."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if platform.system() == "Darwin" else peak * 1024


def cpu_seconds(pid: int) -> float | None:
    """Tell the CPU time, user and system, that a process has used; None where it is not told."""
    try:
        # The name in parentheses may hold spaces; the fields of interest come after it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


class Others:
    """Tells how much of the machine others used while a measurement ran; that makes it rough."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._busy = _busy_seconds()
        self._own = _own_seconds()

    def cores(self) -> float | None:
        """Give the cores that were busy with neither us nor our children, on average since then."""
        busy, own = _busy_seconds(), _own_seconds()
        if busy is None or self._busy is None:
            return None
        used = (busy - self._busy) - (own - self._own)
        return round(max(used, 0.0) / (time.monotonic() - self._began), 2)


def _busy_seconds() -> float | None:
    """Tell the CPU time that all of the machine has used."""
    try:
        with Path("/proc/stat").open() as lines:
            ticks = [int(each) for each in lines.readline().split()[1:9]]
    except OSError:
        return None
    idle, waiting = ticks[3], ticks[4]
    return (sum(ticks) - idle - waiting) / TICKS_PER_S


def _own_seconds() -> float:
    """Tell the CPU time of this process and of all that descend from it, those that ended too."""
    children: dict[int, list[int]] = {}
    used: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(entry.parent.name)
        children.setdefault(int(fields[1]), []).append(pid)
        used[pid] = sum(int(each) for each in fields[11:15])
    total = 0
    open_ones = [os.getpid()]
    while open_ones:
        pid = open_ones.pop()
        total += used.get(pid, 0)
        open_ones += children.get(pid, ())
    return total / TICKS_PER_S


def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
