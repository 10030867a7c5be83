"""Raw rows of the exported network into boxes, as `delos_detect::camera::PostProcess` does it."""

from dataclasses import dataclass

import numpy as np

from letterbox import SIZE
from network import STRIDES


@dataclass
class Found:
    """Detections of one image, best first: boxes `[n, 4]` in its pixels, scores and class numbers."""

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray

    def above(self, score):
        kept = self.scores >= score
        return Found(self.boxes[kept], self.scores[kept], self.classes[kept])


def grid(size=SIZE):
    """Grid position and stride of every cell, `[A, 2]` and `[A, 1]`."""
    parts = []
    for stride in STRIDES:
        y, x = np.mgrid[: size[1] // stride, : size[0] // stride]
        parts.append(np.stack([x.ravel(), y.ravel(), np.full(x.size, stride)], 1))
    table = np.concatenate(parts).astype(np.float32)
    return table[:, :2], table[:, 2:]


def decode(rows, ratio, image_size, least_score, nms_iou):
    """Detections out of rows `[A, 5 + classes]`; `image_size` is width and height."""
    position, stride = grid()
    classes = rows[:, 5:].argmax(1)
    scores = rows[:, 4] * rows[:, 5:].max(1)
    kept = scores >= least_score
    rows, position, stride = rows[kept], position[kept], stride[kept]
    centre = (rows[:, :2] + position) * stride
    half = np.exp(rows[:, 2:4]) * stride / 2
    boxes = np.concatenate([centre - half, centre + half], 1) / ratio
    order = np.argsort(-scores[kept], kind="stable")
    found = Found(boxes[order], scores[kept][order], classes[kept][order])
    chosen = suppressed(found, nms_iou)
    last = np.array([*image_size, *image_size]) - 1
    boxes = found.boxes[chosen].clip(0, last)
    return Found(boxes, found.scores[chosen], found.classes[chosen])


def suppressed(found, nms_iou):
    """Numbers that stay when of two boxes of a class that overlap too much the weaker goes."""
    chosen = []
    for number in range(len(found.boxes)):
        rivals = [other for other in chosen if found.classes[other] == found.classes[number]]
        if not rivals or iou(found.boxes[number], found.boxes[rivals]).max() <= nms_iou:
            chosen.append(number)
    return chosen


def iou(a, b):
    """IoU of boxes that broadcast, corners in the last axis."""
    return shared(a, b) / np.maximum(area(a) + area(b) - shared(a, b), 1e-9)


def shared(a, b):
    corner = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    return corner.clip(min=0).prod(-1)


def area(boxes):
    return (boxes[..., 2:] - boxes[..., :2]).clip(min=0).prod(-1)
