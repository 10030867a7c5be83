"""Boxes on the ground: corners, what lies in them, overlap. A box is a row x, y, z, length, width, height, yaw."""

import numpy as np

# One of two boxes is made smaller by this share: edges that lie on each other count once.
SHRINK = 1e-7
EDGE_SIGNS = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) / 2


def into_frame(x, y, box):
    """Places seen from a box: metres ahead of and left of its middle."""
    dx, dy = x - box[..., 0], y - box[..., 1]
    c, s = np.cos(box[..., 6]), np.sin(box[..., 6])
    return c * dx + s * dy, c * dy - s * dx


def corners(boxes):
    """Corners `[n, 4, 2]`, counter-clockwise."""
    along, across = EDGE_SIGNS[:, 0] * boxes[:, 3:4], EDGE_SIGNS[:, 1] * boxes[:, 4:5]
    c, s = np.cos(boxes[:, 6:7]), np.sin(boxes[:, 6:7])
    return np.stack([boxes[:, :1] + c * along - s * across, boxes[:, 1:2] + s * along + c * across], 2)


def inside(x, y, box, margin=0.0):
    """Whether places lie in a box that is larger by `margin` on each side."""
    ahead, left = into_frame(x, y, box)
    return (np.abs(ahead) <= box[3] / 2 + margin) & (np.abs(left) <= box[4] / 2 + margin)


def iou(a, b):
    """Overlap in bird's eye of the pairs of two lists of boxes, `[n]` f64."""
    a, b = np.array(a, np.float64), np.array(b, np.float64)
    shared = np.clip(shared_area(a, b), 0.0, None)
    union = a[:, 3] * a[:, 4] + b[:, 3] * b[:, 4] - shared
    return shared / np.maximum(union, 1e-12)


def iou_table(a, b):
    """Overlap of each box of `a` with each of `b`."""
    i, j = (part.ravel() for part in np.meshgrid(np.arange(len(a)), np.arange(len(b)), indexing="ij"))
    return iou(a[i], b[j]).reshape(len(a), len(b))


def shared_area(a, b):
    """Area that two boxes share: their common outline is the edges of each inside the other, and the area within an
    outline is half the sum of the cross products of its edges (Green)."""
    a[:, 3:5] *= 1 - SHRINK
    middle = a[:, :2].copy()  # near the origin the products lose no digits
    a[:, :2] -= middle
    b[:, :2] -= middle
    return 0.5 * (edges_inside(a, b) + edges_inside(b, a))


def edges_inside(a, b):
    """Sum of the cross products of the parts of the edges of `a` that lie in `b` (clipped after Liang and Barsky
    1984, "A New Concept and Method for Line Clipping")."""
    start = corners(a)
    way = np.roll(start, -1, 1) - start
    along = into_frame(start[..., 0], start[..., 1], b[:, None])
    flat = b.copy()
    flat[:, :2] = 0
    step = into_frame(way[..., 0], way[..., 1], flat[:, None])
    first, last = np.zeros(start.shape[:2]), np.ones(start.shape[:2])
    for place, slope, half in zip(along, step, (b[:, 3:4] / 2, b[:, 4:5] / 2)):
        slope = np.where(np.abs(slope) < 1e-12, 1e-12, slope)
        one, other = (-half - place) / slope, (half - place) / slope
        first = np.maximum(first, np.minimum(one, other))
        last = np.minimum(last, np.maximum(one, other))
    p, q = start + way * first[..., None], start + way * last[..., None]
    cross = p[..., 0] * q[..., 1] - p[..., 1] * q[..., 0]
    return np.where(first < last, cross, 0.0).sum(1)
