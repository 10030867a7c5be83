"""Samples: a scan turned, mirrored, stretched, tilted, thinned out and cut, with its labels."""

import math
from dataclasses import dataclass

import numpy as np

from boxes import corners, inside
from classes import OF_SIM, SIM_VAN
from features import BELOW_GROUND_M, CELL_M, FRONT, FULL_TURN, GROUND_M, Window
from features import END_STEP, HEIGHT_STEPS_PER_M, LEAST_STEP

# Cells of a sample's window along x and y: a part of the front sector.
PART = (160, 176)
# Shares of the samples: cut to a camera's image, in front without a cut; the others lie anywhere in the full turn.
CUT_SHARE, FRONT_SHARE, NEAR_SHARE = 0.35, 0.4, 0.6
STRETCH, TILT, HEIGHT_M, NOISE_M = 0.05, 0.008, 0.08, 0.015
THINNED_SHARE, MOST_THINNED = 0.5, 0.35
# Tangents of a camera's view from the LiDAR: sideways, down and up; and how much each varies.
VIEW_SIDE, VIEW_DOWN, VIEW_UP, VIEW_SPREAD = 0.86, 0.29, 0.24, 0.08
CAMERA_AHEAD_M = 0.27
LEAST_POINTS = 5


@dataclass
class Sample:
    """Points `[n, 3]` in a window, boxes `[m, 7]`, classes `[m]` (-1: counts neither way), whether they are vans,
    points left on them `[m]`."""

    window: Window
    points: np.ndarray
    boxes: np.ndarray
    classes: np.ndarray
    vans: np.ndarray
    counts: np.ndarray


def whole(scan, window):
    """A scan as it is."""
    classes = np.array([OF_SIM[number] for number in scan.classes], int)
    vans, counts = scan.classes == SIM_VAN, scan.counts.astype(float)
    return inside_window(Sample(window, scan.points, scan.boxes, classes, vans, counts))


def inside_window(sample):
    """Without what lies outside the window."""
    window = sample.window
    low, high = (step / HEIGHT_STEPS_PER_M + GROUND_M - BELOW_GROUND_M for step in (LEAST_STEP, END_STEP))
    z = sample.points[:, 2]
    sample.points = sample.points[window.holds(sample.points[:, 0], sample.points[:, 1]) & (z >= low) & (z <= high)]
    return only(sample, window.holds(sample.boxes[:, 0], sample.boxes[:, 1]))


def only(sample, kept):
    """With some of the boxes."""
    for name in ("boxes", "classes", "vans", "counts"):
        setattr(sample, name, getattr(sample, name)[kept])
    return sample


def several(scan, count, rng):
    """Samples of a scan: what lies ahead after each of so many turns of equal size, from a random direction on."""
    yaw = rng.uniform(0, 2 * math.pi)
    return [varied(scan, yaw + 2 * math.pi * number / count, rng) for number in range(count)]


def varied(scan, yaw, rng):
    kind = rng.random()
    window = part(FRONT, rng) if kind < CUT_SHARE + FRONT_SHARE else part(FULL_TURN, rng)
    sample = whole(moved(scan, yaw, rng), window)
    points = sample.points
    sample.points = jitter(points[rng.random(len(points), np.float32) >= thinning(rng, sample)], rng)
    if kind < CUT_SHARE:
        cut(sample, rng)
    return sample


def part(window, rng):
    """A part of a window, at any place in it; of the front sector more often the part that begins at the sensor."""
    right, up = rng.integers(0, [window.nx - PART[0] + 1, window.ny - PART[1] + 1])
    if window == FRONT and rng.random() < NEAR_SHARE:
        right = 0
    return Window(float(window.x + CELL_M * right), float(window.y + CELL_M * up), *PART)


def moved(scan, yaw, rng):
    """The scan turned by `yaw`, mirrored or not, stretched from the sensor's foot, on ground that tilts, from
    another height."""
    mirror = 1.0 if rng.random() < 0.5 else -1.0
    stretch = 1 + rng.uniform(-STRETCH, STRETCH)
    tilt, lift = rng.normal(0, TILT, 2), rng.normal(0, HEIGHT_M)
    c, s = math.cos(yaw), math.sin(yaw)
    # Rows: new x, y, z out of old x, y, z; then what is added.
    turn = stretch * np.array([[c, -s, 0], [mirror * s, mirror * c, 0], [0, 0, 1]])
    turn[2, :2] = tilt @ turn[:2, :2]
    shift = np.array([0, 0, GROUND_M - stretch * GROUND_M + lift])
    boxes = scan.boxes.astype(np.float64)
    boxes[:, :3] = boxes[:, :3] @ turn.T + shift
    boxes[:, 3:6] *= stretch
    boxes[:, 6] = mirror * (boxes[:, 6] + yaw)
    return type(scan)(scan.seed, turned(scan.points, turn, shift), boxes.astype(np.float32), scan.classes, scan.counts)


def turned(points, turn, shift):
    """Points `[n, 3]` f32 after a matrix and a shift. (A product of matrices would start threads.)"""
    x, y, z = points.T
    out = np.empty((len(points), 3), np.float32)
    for column, (a, b, c), d in zip(out.T, turn.astype(np.float32), shift.astype(np.float32)):
        column[:] = a * x + b * y + c * z + d
    return out


def thinning(rng, sample):
    """The share of the points to be lost; the boxes' counts shrink with it."""
    share = rng.uniform(0, MOST_THINNED) if rng.random() < THINNED_SHARE else 0.0
    sample.counts = sample.counts * (1 - share)
    return share


def jitter(points, rng):
    """Points moved along their rays, on top of the sensor's own noise."""
    if len(points) == 0:
        return points
    spread = rng.uniform(0, NOISE_M)
    range_m = np.sqrt((points * points).sum(1)) + 1e-3
    return points * (1 + rng.standard_normal(len(points), np.float32)[:, None] * np.float32(spread) / range_m[:, None])


def cut(sample, rng):
    """Keeps what a camera that looks along the x axis would see."""
    views = np.array([VIEW_SIDE, VIEW_DOWN, VIEW_UP]) * (1 + rng.uniform(-VIEW_SPREAD, VIEW_SPREAD, 3))
    seen_by_camera(sample, *views)


def seen_by_camera(sample, side, down, up):
    """Keeps the points within these tangents of the view."""
    points = sample.points
    depth = points[:, 0] - CAMERA_AHEAD_M
    seen = (np.abs(points[:, 1]) < side * depth) & (points[:, 2] > -down * depth) & (points[:, 2] < up * depth)
    sample.counts = sample.counts * shares_seen(sample.boxes, points, seen, side, down)
    sample.points = points[seen]


def shares_seen(boxes, points, seen, side, down):
    """Which share of each box's points is seen. Boxes clear of the view's edges need no look at the points."""
    shares = np.ones(len(boxes))
    if not len(boxes):
        return shares
    outline = corners(boxes)
    depth = outline[..., 0] - CAMERA_AHEAD_M
    within = np.abs(outline[..., 1]) < side * depth
    within &= (boxes[:, 2] - boxes[:, 5] / 2)[:, None] > -down * depth
    for number in np.flatnonzero(~within.all(1)):
        box = boxes[number]
        near = np.flatnonzero((np.abs(points[:, 0] - box[0]) < box[3]) & (np.abs(points[:, 1] - box[1]) < box[3]))
        x, y, z = points[near].T
        on = inside(x, y, box, 0.05) & (z > box[2] - box[5] / 2 + 0.15)
        shares[number] = seen[near][on].mean() if on.any() else 0.0
    return shares
