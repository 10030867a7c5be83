"""What `cluster_scans` writes: rows of detections beside the truth."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# The scores are those of the network's recipe: the same cases, the same rules.
sys.path.insert(0, str(Path(__file__).parent.parent / "lidar"))

from classes import CAR, CYCLIST, LARGE, NO_CLASS, PEDESTRIAN  # noqa: E402

OF_NAME = {"car": CAR, "van": LARGE, "truck": LARGE, "bus": LARGE, "pedestrian": PEDESTRIAN, "cyclist": CYCLIST,
           "motorcycle": CYCLIST}


@dataclass
class Found:
    """Detections of one scan, best first: boxes `[n, 7]`, scores, class numbers."""

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray

    def some(self, kept):
        return Found(self.boxes[kept], self.scores[kept], self.classes[kept])


@dataclass
class Truth:
    """The objects of one scan: boxes `[n, 7]`, class numbers, numbers of points, whether they are vans."""

    boxes: np.ndarray
    classes: np.ndarray
    counts: np.ndarray
    vans: np.ndarray


def read(lines):
    """Truth and detections of each scan."""
    truths, founds, rows = [], [], None
    for line in lines:
        kind, *words = line.split()
        if kind == "scan":
            if rows is not None:
                truths.append(truth_of(rows["truth"]))
                founds.append(found_of(rows["found"]))
            rows = {"truth": [], "found": []}
        else:
            rows[kind].append(words)
    truths.append(truth_of(rows["truth"]))
    founds.append(found_of(rows["found"]))
    return truths, founds


def truth_of(rows):
    numbers, classes = columns(rows)
    vans = np.array([row[0] == "van" for row in rows], bool)
    return Truth(numbers[:, 1:8], classes, numbers[:, 8], vans)


def found_of(rows):
    numbers, classes = columns(rows)
    order = np.argsort(-numbers[:, 0], kind="stable")
    return Found(numbers[order, 1:8], numbers[order, 0], classes[order])


def columns(rows):
    numbers = np.array([row[1:] for row in rows], float).reshape(-1, 9)
    return numbers, np.array([OF_NAME.get(row[0], NO_CLASS) for row in rows], int)
