"""Labelled scans out of the simulator (`delos data scans --stream`, see docs/simulator.md), and which seeds serve
what."""

import subprocess
from dataclasses import dataclass

import numpy as np

# The scan with seed s is made of the shapes of store s // 1000, so these share neither scenes nor shapes.
TEST_SEED = 100
VALIDATION_SEED = 500_000
TRAINING_SEED = {"hdl64": 1_000_000, "hdl32": 2_000_000}

MAGIC, VERSION = b"DELOSCAN", 1
HEAD = np.dtype([("seed", "<u8"), ("points", "<u4"), ("boxes", "<u4")])
BOX = np.dtype([("class", "<u4"), ("box", "<f4", 7), ("points", "<u4")])


@dataclass
class Scan:
    """One turn: points `[n, 3]` (x, y, z in metres, the LiDAR's frame); of every road user the box `[m, 7]` (middle
    x, y, z, length, width, height, yaw), the simulator's class number `[m]` and the number of points `[m]`."""

    seed: int
    points: np.ndarray
    boxes: np.ndarray
    classes: np.ndarray
    counts: np.ndarray


class Stream:
    """Scans of the seeds `seed`, `seed + 1`, .. of one LiDAR, from a process of the program."""

    def __init__(self, program, lidar, seed, workers=1):
        wanted = ["--lidar", lidar, "--seed", str(seed), "--workers", str(workers)]
        command = [program, "data", "scans", "--stream", *wanted]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=1 << 20)
        if self._bytes(8) != MAGIC or self._array("<u4", 1)[0] != VERSION:
            raise ValueError(f"{program} does not write scans of version {VERSION}")

    def next(self):
        head = self._array(HEAD, 1)[0]
        points = self._array("<f4", 4 * int(head["points"])).reshape(-1, 4)[:, :3]
        rows = self._array(BOX, int(head["boxes"]))
        return Scan(int(head["seed"]), points, rows["box"], rows["class"].astype(int), rows["points"].astype(int))

    def close(self):
        self.process.stdout.close()
        self.process.wait()

    def _array(self, kind, count):
        kind = np.dtype(kind)
        return np.frombuffer(self._bytes(kind.itemsize * count), kind)

    def _bytes(self, count):
        content = self.process.stdout.read(count)
        if len(content) != count:
            raise EOFError("the simulator's stream has ended")
        return content


def some_scans(program, lidar, seed, count, workers=2):
    """The scans of `count` seeds in a row."""
    stream = Stream(program, lidar, seed, workers)
    for _ in range(count):
        yield stream.next()
    stream.close()
