"""Writes small examples of raster and decoder, for another implementation to be held against: python golden.py golden.json

`raster`: points in, features out, to the bit. `decode`: planes in, detections out, to five digits."""

import json
import sys

import numpy as np

from decode import NMS_IOU, QUALITY_POWER, decode
from features import CELL_M, GROUND_M, Window, raster

WINDOW = Window(-1.28, -1.28, 8, 8)
WIDE = Window(0.0, -5.12, 32, 32)


def numbers(values):
    """Numbers in full: the shortest digits that give the same f32."""
    return [float(str(value)) for value in np.asarray(values, np.float32).ravel()]


def points(rng):
    """Random points in and around the window, on the sensor's grid of a millimetre, and some on the edges of cells."""
    spread = rng.uniform([-1.5, -1.5, -4.0], [1.5, 1.5, 2.5], (120, 3)).round(3)
    edges = [[CELL_M * i, -CELL_M * j, GROUND_M + 0.25 * i - 0.2] for i in range(5) for j in range(5)]
    return np.concatenate([spread, edges]).astype(np.float32)


def planes(rng):
    """Planes with a few strong cells of every class, some close to each other."""
    out = np.zeros((15, 16, 16), np.float32)
    out[:5] = rng.uniform(0, 0.06, (5, 16, 16))
    out[5:] = rng.normal(0, 0.3, (10, 16, 16))
    for _ in range(14):
        row, column = rng.integers(0, 16, 2)
        out[rng.integers(0, 4), row, column] = rng.uniform(0.3, 1.0)
        out[4, row, column] = rng.uniform(0.2, 1.0)
        out[8:11, row, column] += [1.3, 0.5, 0.4]
    return out


def examples():
    rng = np.random.default_rng(7)
    some, out = points(rng), planes(rng)
    found = decode(out, WIDE)
    boxes = [[round(float(value), 5) for value in box] for box in found.boxes]
    return {
        "raster": {"window": [WINDOW.x, WINDOW.y, WINDOW.nx, WINDOW.ny], "ground": GROUND_M, "points": numbers(some),
                   "features": numbers(raster(some, WINDOW))},
        "decode": {"window": [WIDE.x, WIDE.y, WIDE.nx, WIDE.ny], "ground": GROUND_M, "power": QUALITY_POWER,
                   "nms_iou": NMS_IOU, "planes": numbers(out), "boxes": boxes, "classes": found.classes.tolist(),
                   "scores": [round(float(score), 5) for score in found.scores]},
    }


if __name__ == "__main__":
    with open(sys.argv[1], "w") as file:
        json.dump(examples(), file)
        file.write("\n")
