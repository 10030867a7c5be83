"""Planes of the network into boxes, and which of them stay. README.md specifies it step by step."""

from dataclasses import dataclass

import numpy as np

from boxes import iou
from classes import PEOPLE, VEHICLES
from features import GROUND_M
from network import BOX, HEAT, QUALITY
from targets import OUT_M

LEAST_HEAT = 0.05
MOST_PEAKS = 256
QUALITY_POWER = 0.5
NMS_IOU = 0.2


@dataclass
class Found:
    """Detections, best first: boxes `[n, 7]`, scores, class numbers."""

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray

    def some(self, kept):
        return Found(self.boxes[kept], self.scores[kept], self.classes[kept])


def peaks(heat, least):
    """Class, row and column of the cells that are at least `least` and no less than their eight neighbours."""
    padded = np.pad(heat, ((0, 0), (1, 1), (1, 1)), constant_values=-1.0)
    rows, columns = heat.shape[1:]
    highest = np.max([padded[:, i : i + rows, j : j + columns] for i in range(3) for j in range(3)], 0)
    return np.nonzero((heat >= least) & (heat == highest))


def boxes_of(values, row, column, window, ground=GROUND_M):
    """Boxes `[n, 7]` out of the values `[10, n]` of the box planes in the cells of these rows and columns."""
    dx, dy, z, length, width, height, c2, s2, c, s = values
    yaw = np.arctan2(s2, c2) / 2
    yaw = np.where(c * np.cos(yaw) + s * np.sin(yaw) < 0, yaw + np.pi, yaw)
    x = window.x + (column + 0.5 + dx) * OUT_M
    y = window.y + (row + 0.5 + dy) * OUT_M
    return np.stack([x, y, z + ground, np.exp(length), np.exp(width), np.exp(height), yaw], 1)


@dataclass
class Candidates:
    """Every peak of a scan: boxes `[n, 7]`, heat, quality, class numbers."""

    boxes: np.ndarray
    heat: np.ndarray
    quality: np.ndarray
    classes: np.ndarray


def candidates(planes, window, ground=GROUND_M, least=LEAST_HEAT):
    """The peaks of planes `[15, h, w]`."""
    number, row, column = peaks(planes[HEAT], least)
    boxes = boxes_of(planes[BOX, row, column], row, column, window, ground)
    return Candidates(boxes, planes[number, row, column], planes[QUALITY, row, column], number)


def select(peaks_found, power=QUALITY_POWER, nms_iou=NMS_IOU):
    """Detections out of candidates."""
    score = peaks_found.heat * peaks_found.quality**power
    order = np.argsort(-score, kind="stable")[:MOST_PEAKS]
    found = Found(peaks_found.boxes[order], score[order], peaks_found.classes[order])
    return found.some(chosen(found, nms_iou))


def decode(planes, window, ground=GROUND_M, least=LEAST_HEAT, power=QUALITY_POWER, nms_iou=NMS_IOU):
    """Detections out of planes `[15, h, w]`."""
    return select(candidates(planes, window, ground, least), power, nms_iou)


def chosen(found, nms_iou):
    """Numbers that stay when of two boxes of a kind that overlap too much the weaker goes."""
    stay = []
    for number in range(len(found.boxes)):
        rivals = [other for other in stay if same_kind(found, number, other) and near(found.boxes, number, other)]
        overlaps = iou(np.repeat(found.boxes[[number]], len(rivals), 0), found.boxes[rivals])
        if not (overlaps > nms_iou).any():
            stay.append(number)
    return np.array(stay, int)


def same_kind(found, a, b):
    a, b = found.classes[a], found.classes[b]
    return a == b or (a in VEHICLES and b in VEHICLES) or (a in PEOPLE and b in PEOPLE)


def near(boxes, a, b):
    """Whether two boxes can touch."""
    reach = (boxes[a, 3] + boxes[a, 4] + boxes[b, 3] + boxes[b, 4]) / 2
    return abs(boxes[a, 0] - boxes[b, 0]) < reach and abs(boxes[a, 1] - boxes[b, 1]) < reach
