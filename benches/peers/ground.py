#!/usr/bin/env python3
"""Patchwork++ on the scans that `lidar_ground` looks at: time, and accuracy on simulated scans.

    python -m pip install numpy pypatchworkpp
    python benches/peers/ground.py time SCANS [LIDAR_GROUND]
    python benches/peers/ground.py score SIMULATED

`time` gives p50 and p95 of Patchwork++ over the scans of a folder and, where the program is named,
runs it in turns with Patchwork++, so that other work on the machine slows both alike. `score` wants
what `lidar_ground make` has written and prints the columns of `lidar_ground score` that do not need
heights.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TBB_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
import pypatchworkpp

SENSOR_HEIGHT_M = 1.73
ROUNDS = 5
RANGE_M = (2.5, 70.0)
GROUND_M, ABOVE_M, LOW_M = 0.07, 0.25, (0.1, 0.3)
OBJECT, FALSE = 1, 2


def patchwork():
    """Patchwork++ with its own defaults."""
    parameters = pypatchworkpp.Parameters()
    parameters.verbose = False
    parameters.sensor_height = SENSOR_HEIGHT_M
    return pypatchworkpp.patchworkpp(parameters)


def scans(folder):
    paths = sorted(Path(folder).glob("*.bin"))
    if not paths:
        sys.exit(f"{folder}: no file ends in .bin")
    return paths


def read(path):
    return np.fromfile(path, np.float32).reshape(-1, 4)


def milliseconds(finder, points):
    start = time.perf_counter()
    finder.estimateGround(points)
    return 1e3 * (time.perf_counter() - start)


def timing(folder, program=None):
    clouds, finder, times = [read(path) for path in scans(folder)], patchwork(), []
    for points in clouds:
        finder.estimateGround(points)
    for _ in range(ROUNDS):
        times += [milliseconds(finder, points) for points in clouds]
        if program:
            subprocess.run([program, "time", folder], check=True)
    p50, p95 = np.percentile(times, (50, 95))
    print(f"Patchwork++ {len(clouds)} scans: p50 {p50:.2f} ms   p95 {p95:.2f} ms")


class Counts:
    """Sums over the scans of a kind."""

    names = ("precision", "recall", "objects kept", "0.1-0.3 m kept", "mirrored not ground")

    def __init__(self):
        self.shares = np.zeros((5, 2))

    def add(self, points, height, what, ground):
        planar = np.hypot(points[:, 0], points[:, 1])
        counts = (planar >= RANGE_M[0]) & (planar < RANGE_M[1])
        real = np.abs(height) < GROUND_M
        known, scenery = counts & (what != FALSE), counts & (what == 0)
        said = known & ground & (real | (height > ABOVE_M) | (what == OBJECT))
        low = (height >= LOW_M[0]) & (height < LOW_M[1])
        pairs = (
            (said, real & (what == 0)),
            (scenery & real, ground),
            (counts & (what == OBJECT), ~ground),
            (counts & (what == OBJECT) & low, ~ground),
            (counts & (what == FALSE), ~ground),
        )
        for share, (of, yes) in zip(self.shares, pairs):
            share += (of & yes).sum(), of.sum()


def score(folder):
    kinds = {}
    for path in scans(folder):
        points = read(path)
        height, what = np.fromfile(path.with_suffix(".truth"), np.float32).reshape(-1, 2).T
        # A finder of its own for each scan: they are no sequence.
        finder = patchwork()
        finder.estimateGround(points)
        ground = np.zeros(len(points), bool)
        ground[np.asarray(finder.getGroundIndices())] = True
        kind = " ".join(path.stem.split("_")[:2])
        kinds.setdefault(kind, Counts()).add(points, height, what.astype(int), ground)
    print("| scans | " + " | ".join(Counts.names) + " |\n|---|" + "--:|" * 5)
    for kind, counts in kinds.items():
        shares = 100 * counts.shares[:, 0] / np.maximum(counts.shares[:, 1], 1)
        print(f"| {kind} | " + " | ".join(f"{share:.2f}" for share in shares) + " |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["time"] and len(sys.argv) in (3, 4):
        timing(*sys.argv[2:])
    elif sys.argv[1:2] == ["score"] and len(sys.argv) == 3:
        score(sys.argv[2])
    else:
        sys.exit(__doc__)
