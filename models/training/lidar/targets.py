"""What the network should answer for a sample. decode.py is the way back."""

from dataclasses import dataclass

import numpy as np

from augment import LEAST_POINTS
from boxes import inside
from classes import CAR, CLASSES, LARGE, NO_CLASS, alike
from features import CELL_M, GROUND_M

STRIDE = 2
OUT_M = CELL_M * STRIDE
# Width of the peak of each class, cells of the output.
SPREAD = (0.9, 1.1, 0.6, 0.7)
REACH = 3
MARGIN_M = 0.3
REGRESSIONS = 10


@dataclass
class Targets:
    """Heat `[C, h, w]`, where it counts `[C, h, w]`, box planes `[10, h, w]`, number of the box that a cell answers for
    `[h, w]` (-1: none), those boxes `[m, 7]`."""

    heat: np.ndarray
    counts: np.ndarray
    planes: np.ndarray
    owner: np.ndarray
    boxes: np.ndarray


def targets(sample):
    shape = (sample.window.ny // STRIDE, sample.window.nx // STRIDE)
    heat = np.zeros((len(CLASSES), *shape), np.float32)
    counts = np.ones_like(heat)
    planes = np.zeros((REGRESSIONS, *shape), np.float32)
    owner = np.full(shape, -1, np.int32)
    nearest = np.full(shape, np.inf, np.float32)
    seen = sample.counts >= LEAST_POINTS
    for box, number, van, some in zip(sample.boxes, sample.classes, sample.vans, sample.counts):
        if number == NO_CLASS or 0.5 < some < LEAST_POINTS:
            silence(counts, box, range(len(CLASSES)) if number == NO_CLASS else alike(number), sample.window)
        elif van:
            silence(counts, box, (CAR,), sample.window)
    for index in np.flatnonzero(seen & (sample.classes != NO_CLASS)):
        mark(heat, counts, planes, owner, nearest, sample, index)
    return Targets(heat, counts, planes, owner, sample.boxes)


def silence(counts, box, classes, window):
    """Neither wrong nor right: the cells in and around a box."""
    x, y = middles(window)
    there = inside(x, y, box, MARGIN_M)
    for number in classes:
        counts[number][there] = 0.0


def middles(window):
    """Middles of the cells of the output, x `[1, w]` and y `[h, 1]`."""
    x = window.x + (np.arange(window.nx // STRIDE) + 0.5) * OUT_M
    y = window.y + (np.arange(window.ny // STRIDE) + 0.5) * OUT_M
    return x[None], y[:, None]


def mark(heat, counts, planes, owner, nearest, sample, index):
    """Writes one object."""
    box, number = sample.boxes[index], sample.classes[index]
    column, row = (box[0] - sample.window.x) / OUT_M, (box[1] - sample.window.y) / OUT_M
    left, low = max(int(column) - REACH, 0), max(int(row) - REACH, 0)
    patch = np.s_[low : int(row) + REACH + 1, left : int(column) + REACH + 1]
    rows, columns = np.mgrid[: heat.shape[1], : heat.shape[2]][(slice(None), *patch)]
    dx, dy = column - (columns + 0.5), row - (rows + 0.5)
    away = dx * dx + dy * dy
    peak = heat[number][patch]
    np.maximum(peak, np.exp(-away / (2 * SPREAD[number] ** 2)), out=peak)
    heat[number, int(row), int(column)] = 1.0
    counts[number, int(row), int(column)] = 1.0
    near = (np.abs(rows - int(row)) <= 1) & (np.abs(columns - int(column)) <= 1) & (away < nearest[patch])
    nearest[patch][near] = away[near]
    owner[patch][near] = index
    ones = np.ones(int(near.sum()))
    values = [dx[near], dy[near], *(value * ones for value in plain(box))]
    planes[:, low + np.nonzero(near)[0], left + np.nonzero(near)[1]] = values


def plain(box):
    """Planes of a box that do not depend on the cell."""
    yaw = box[6]
    return (box[2] - GROUND_M, *np.log(box[3:6]), np.cos(2 * yaw), np.sin(2 * yaw), np.cos(yaw), np.sin(yaw))
