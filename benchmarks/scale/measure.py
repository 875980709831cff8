"""Run one command and say what it took: a small process of its own between driver and command.

The peak that the kernel reports of a child starts at that of the process that forked it, so the
driver, which holds libraries, must not be it. Reads a job as JSON from stdin, writes one to stdout.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

SIGNS = (
    "memoryerror",
    "out of memory",
    "outofmemory",
    "bad_alloc",
    "memory allocation",
    "malloc of size",
    "cannot allocate",
    "java heap",
)


def high_water(pid: int) -> int:
    """The greatest resident size of a process and of its children that are alive, in bytes."""
    folder, total = Path(f"/proc/{pid}"), 0
    try:
        for line in (folder / "status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM"):
                total += int(line.split()[1]) * 1024
        for thread in (folder / "task").iterdir():
            children = (thread / "children").read_text(encoding="ascii").split()
            total += sum(high_water(int(child)) for child in children)
    except (OSError, UnicodeDecodeError):
        pass
    return total


def watch(process: subprocess.Popen, job: dict, seen: dict) -> None:
    """Look at the process from time to time; end it where it takes too long or too much."""
    start = time.monotonic()
    while not seen.get("done"):
        seen["peak"] = max(seen.get("peak", 0), high_water(process.pid))
        if time.monotonic() - start > job["timeout"]:
            seen["failed"] = "timeout"
        elif job["limit"] and seen["peak"] > job["limit"]:
            seen["failed"] = "does not fit"
        if "failed" in seen:
            os.killpg(process.pid, signal.SIGKILL)
            return
        time.sleep(0.1)


def main() -> None:
    job = json.load(sys.stdin)
    if job["limit"] and job["address_space"]:  # the command has it from here
        resource.setrlimit(resource.RLIMIT_AS, (job["limit"], job["limit"]))
    seen: dict = {}
    with Path(job["stdout"]).open("wb") as out, Path(job["stderr"]).open("wb") as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            job["command"],
            stdout=out,
            stderr=err,
            env=job["env"],
            cwd=job["cwd"],
            start_new_session=True,
        )
        watcher = threading.Thread(target=watch, args=(process, job, seen))
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        spent = time.perf_counter() - start
    seen["done"] = True
    watcher.join()
    result = {
        "seconds": spent,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": max(usage.ru_maxrss * 1024, seen.get("peak", 0)),
        "written": usage.ru_oublock * 512,
    }
    if "failed" in seen:
        result["failed"] = seen["failed"]
    elif status:
        text = Path(job["stderr"]).read_text(encoding="utf-8", errors="replace")
        ended = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGABRT)
        fits = not ended and not any(sign in text.lower() for sign in SIGNS)
        result["failed"] = f"error: {text[-600:]}" if fits else "does not fit"
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
