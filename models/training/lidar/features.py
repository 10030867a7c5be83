"""The feature raster: what the network sees of a scan. README.md specifies it number by number."""

from dataclasses import dataclass

import numpy as np

CELL_M = 0.32
STEPS_PER_CELL = 256
STEPS_PER_M = 800.0  # 256 steps in a cell of 0.32 m
HEIGHT_STEPS_PER_M = 256.0
GROUND_M = -1.73
BELOW_GROUND_M = 0.2  # heights count from here
LEAST_STEP, END_STEP = -448, 1024  # 1.95 m below nominal ground to 3.8 m above
UPPER_STEP = 128  # 0.3 m above nominal ground
SLICES, STEPS_PER_SLICE = 10, 64
HEIGHT_SCALE = 512
MOST_COUNTED = 255
RANGE_SCALE_M = 64.0

CHANNELS = 9 + SLICES + 3
# ln(1 + n) / 4 for a cell of n points.
LOG_COUNT = (np.log1p(np.arange(MOST_COUNTED + 1)) / 4).astype(np.float32)


@dataclass(frozen=True)
class Window:
    """A part of the ground: the corner with the least x and y in metres, both multiples of a cell, and cells along
    x and y, both multiples of 8."""

    x: float
    y: float
    nx: int
    ny: int

    @property
    def cells(self):
        return self.nx * self.ny

    def holds(self, x, y):
        return (x >= self.x) & (x < self.x + self.nx * CELL_M) & (y >= self.y) & (y < self.y + self.ny * CELL_M)


FRONT = Window(0.0, -39.68, 216, 248)
FULL_TURN = Window(-69.12, -69.12, 432, 432)


def raster(points, window, ground=GROUND_M):
    """Features `[22, ny, nx]` f32 of points `[n, 3]` f32; `ground` is the height of level ground in the LiDAR's
    frame, metres."""
    steps = Steps(points, window, ground)
    out = np.zeros((CHANNELS, window.cells), np.float32)
    fill(out, steps)
    out[-3:] = places(window)
    return out.reshape(CHANNELS, window.ny, window.nx)


class Steps:
    """Points in whole steps, those of the window: cell, place in the cell along x and y, height."""

    def __init__(self, points, window, ground):
        zero = np.array([window.x, window.y, ground - BELOW_GROUND_M], np.float32)
        scale = np.array([STEPS_PER_M, STEPS_PER_M, HEIGHT_STEPS_PER_M], np.float32)
        u, v, w = np.floor((points - zero) * scale).T
        kept = (u >= 0) & (u < window.nx * STEPS_PER_CELL) & (v >= 0) & (v < window.ny * STEPS_PER_CELL)
        kept &= (w >= LEAST_STEP) & (w < END_STEP)
        u, v, self.w = (values[kept].astype(np.int32) for values in (u, v, w))
        self.cell = (v >> 8) * window.nx + (u >> 8)
        self.u, self.v = u & 255, v & 255
        self.cells = window.cells


def fill(out, steps):
    """Channels 0 to 18. All sums are of whole numbers below 2^24: no order of the points changes a bit."""
    count = np.bincount(steps.cell, minlength=steps.cells)
    some = np.flatnonzero(count)
    number = count[some].astype(np.float32)
    highest = np.full(steps.cells, LEAST_STEP, np.int32)
    lowest = np.full(steps.cells, END_STEP, np.int32)
    np.maximum.at(highest, steps.cell, steps.w)
    np.minimum.at(lowest, steps.cell, steps.w)
    out[0, some] = 1.0
    out[1, some] = LOG_COUNT[np.minimum(count[some], MOST_COUNTED)]
    out[2, some] = highest[some] / np.float32(HEIGHT_SCALE)
    out[3, some] = lowest[some] / np.float32(HEIGHT_SCALE)
    out[4, some] = total(steps.cell, steps.w, steps.cells)[some] / (number * HEIGHT_SCALE)
    mean_places(out[5:7], steps.cell, steps.u, steps.v, count)
    upper = steps.w >= UPPER_STEP
    cell = steps.cell[upper]
    mean_places(out[7:9], cell, steps.u[upper], steps.v[upper], np.bincount(cell, minlength=steps.cells))
    level = steps.w >> 6
    sliced = (level >= 0) & (level < SLICES)
    out[9 + level[sliced], steps.cell[sliced]] = 1.0


def mean_places(out, cell, u, v, count):
    """Mean place in the cell along x and y, -0.5 to 0.5, of cells that have points."""
    some = np.flatnonzero(count)
    number = count[some].astype(np.float32) * STEPS_PER_CELL
    for plane, steps in zip(out, (u, v)):
        plane[some] = total(cell, steps, len(count))[some] / number - np.float32(0.5)


def total(cell, values, cells):
    """Sum of whole numbers for each cell."""
    return np.bincount(cell, values, cells).astype(np.float32)


_PLACES = {}


def places(window):
    """Where the sensor sees each cell, `[3, cells]`: range in 64 m, cosine and sine of the azimuth. Computed in f64."""
    if window not in _PLACES:
        x = window.x + (np.arange(window.nx) + 0.5) * CELL_M
        y = window.y + (np.arange(window.ny) + 0.5) * CELL_M
        x, y = (part.ravel() for part in np.meshgrid(x, y))
        range_m = np.hypot(x, y)
        _PLACES.clear()
        _PLACES[window] = np.stack([range_m / RANGE_SCALE_M, x / range_m, y / range_m]).astype(np.float32)
    return _PLACES[window]
