"""Average precision in bird's eye with 40 recall positions (R40), and recall at a precision."""

from dataclasses import dataclass

import numpy as np

from boxes import iou_table
from classes import CAR, CLASSES, CYCLIST, LARGE, NO_CLASS, PEDESTRIAN

POSITIONS = 40
LEAST_POINTS = 10
CENTRE_M = 1.0


@dataclass(frozen=True)
class Case:
    """What is scored: a class, from and to which distance, by which overlap (or centres within a metre), from how
    many points."""

    name: str
    number: int
    near_m: float
    far_m: float
    least_iou: float
    least_points: int = LEAST_POINTS
    by_centre: bool = False


CASES = [
    Case("car 0-40 m IoU 0.5", CAR, 0, 40, 0.5),
    Case("car 0-40 m IoU 0.7", CAR, 0, 40, 0.7),
    Case("car 0-20 m IoU 0.7", CAR, 0, 20, 0.7),
    Case("car 40-70 m IoU 0.5", CAR, 40, 70, 0.5),
    Case("car 40-70 m IoU 0.7", CAR, 40, 70, 0.7),
    Case("car 0-40 m centre, 10 points", CAR, 0, 40, 0, by_centre=True),
    Case("car 0-40 m centre, 30 points", CAR, 0, 40, 0, 30, by_centre=True),
    Case("large vehicle 0-40 m IoU 0.5", LARGE, 0, 40, 0.5),
    Case("large vehicle 40-70 m IoU 0.5", LARGE, 40, 70, 0.5),
    Case("pedestrian 0-40 m IoU 0.25", PEDESTRIAN, 0, 40, 0.25),
    Case("pedestrian 0-40 m IoU 0.5", PEDESTRIAN, 0, 40, 0.5),
    Case("cyclist 0-40 m IoU 0.25", CYCLIST, 0, 40, 0.25),
    Case("cyclist 0-40 m IoU 0.5", CYCLIST, 0, 40, 0.5),
]
assert len(CLASSES) == 4


@dataclass
class Curve:
    """Every detection that counts: score, whether it is right; and how many objects there are."""

    scores: np.ndarray
    right: np.ndarray
    objects: int

    def precision_recall(self):
        order = np.argsort(-self.scores, kind="stable")
        right = self.right[order].cumsum()
        return right / np.arange(1, len(right) + 1), right / max(self.objects, 1)

    def average_precision(self):
        """NaN where there is nothing to find."""
        if self.objects == 0:
            return float("nan")
        precision, recall = self.precision_recall()
        reach = [precision[recall >= step / POSITIONS - 1e-9] for step in range(1, POSITIONS + 1)]
        return float(np.mean([part.max() if len(part) else 0.0 for part in reach]))

    def recall_at(self, least_precision):
        """The largest recall at which the precision is no less."""
        precision, recall = self.precision_recall()
        return float(recall[precision >= least_precision].max(initial=0.0))

    def at(self, score):
        """Precision and recall with the detections of at least this score."""
        kept = self.scores >= score
        right = int(self.right[kept].sum())
        return right / max(int(kept.sum()), 1), right / max(self.objects, 1)


def in_band(boxes, case):
    range_m = np.hypot(boxes[:, 0], boxes[:, 1])
    return (range_m >= case.near_m) & (range_m < case.far_m)


def sides(sample, case):
    """Which labels are objects to be found, and which count neither way: for cars also vans."""
    of_class = sample.classes == case.number
    wanted = of_class & (sample.counts >= case.least_points) & in_band(sample.boxes, case)
    neither = (of_class & ~wanted) | (sample.classes == NO_CLASS)
    if case.number == CAR:
        neither |= sample.vans
    return wanted, neither


def likeness(found, labels, case):
    """How well each detection fits each label, 0 if it does not."""
    if case.by_centre:
        away = np.hypot(*(found[:, None, :2] - labels[None, :, :2]).transpose(2, 0, 1))
        return np.where(away <= CENTRE_M, 1.5 - away, 0.0)
    fit = iou_table(found, labels)
    return np.where(fit >= case.least_iou, fit, 0.0)


def match(sample, found, case):
    """Scores and rightness of the detections that count in one scan, and its number of objects."""
    found = found.some(found.classes == case.number)
    wanted, neither = sides(sample, case)
    objects, others = sample.boxes[wanted], sample.boxes[neither]
    fit, other_fit = likeness(found.boxes, objects, case), likeness(found.boxes, others, case)
    band = in_band(found.boxes, case)
    free = np.ones(len(objects), bool)
    scores, right = [], []
    for number, score in enumerate(found.scores):
        fits = np.where(free, fit[number], 0.0)
        if fits.max(initial=0.0) > 0:
            free[fits.argmax()] = False
            scores.append(score)
            right.append(True)
        elif band[number] and other_fit[number].max(initial=0.0) == 0:
            scores.append(score)
            right.append(False)
    return scores, right, len(objects)


def curve(samples, all_found, case):
    """Over all scans."""
    scores, right, objects = [], [], 0
    for sample, found in zip(samples, all_found):
        some_scores, some_right, some_objects = match(sample, found, case)
        scores += some_scores
        right += some_right
        objects += some_objects
    return Curve(np.array(scores, float), np.array(right, bool), objects)
