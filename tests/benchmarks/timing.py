"""Times things in turn, so that a noisy machine is noisy to all of them alike."""

import gc
import statistics
import time
from collections.abc import Callable


def in_turn(*calls: Callable[[], object], rounds: int = 30, warm: int = 3) -> list[float]:
    """Run the calls in turn; answers the median of each in milliseconds."""
    for call in calls:
        for _ in range(warm):
            call()
    took: list[list[float]] = [[] for _ in calls]
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for call, times in zip(calls, took, strict=True):
                began = time.perf_counter()
                call()
                times.append((time.perf_counter() - began) * 1000)
    finally:
        gc.enable()
    return [round(statistics.median(times), 3) for times in took]
