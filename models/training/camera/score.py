"""Average precision with 40 recall positions (R40) at IoU 0.5, after the rules of KITTI's "moderate"."""

from dataclasses import dataclass

import numpy as np

from classes import CLASSES
from dataset import BOX, CLASS, OCCLUDED, TRUNCATED
from decode import area, iou, shared

LEAST_HEIGHT, MOST_OCCLUDED, MOST_TRUNCATED = 25.0, 1, 0
LEAST_IOU = 0.5
POSITIONS = 40

# What is scored: name, class numbers that count, class numbers that count neither way.
VEHICLES, PEOPLE = (0, 1, 2, 3), (4, 5)
GROUPS = [(name.lower(), (number,), (1,) if name == "Car" else ()) for number, name in enumerate(CLASSES)]
GROUPS += [("vehicles", VEHICLES, ()), ("people", PEOPLE, ())]


@dataclass
class Curve:
    """Every detection that counts: score, whether it is right; and how many objects there are."""

    scores: np.ndarray
    right: np.ndarray
    objects: int

    def precision_recall(self):
        order = np.argsort(-self.scores, kind="stable")
        right = self.right[order].cumsum()
        return right / np.arange(1, len(right) + 1), right / max(self.objects, 1), self.scores[order]

    def average_precision(self):
        """NaN where there is nothing to find."""
        if self.objects == 0:
            return float("nan")
        precision, recall, _ = self.precision_recall()
        reach = [precision[recall >= step / POSITIONS - 1e-9] for step in range(1, POSITIONS + 1)]
        return float(np.mean([part.max() if len(part) else 0.0 for part in reach]))

    def at(self, score):
        """Precision and recall with the detections of at least this score."""
        kept = self.scores >= score
        right = int(self.right[kept].sum())
        return right / max(int(kept.sum()), 1), right / max(self.objects, 1)


def counts(labels, wanted):
    """Which labels are objects to be found, and which count neither way."""
    boxes = labels[:, BOX]
    of_group = np.isin(labels[:, CLASS], wanted)
    easy = (
        (boxes[:, 3] - boxes[:, 1] >= LEAST_HEIGHT)
        & (labels[:, OCCLUDED] <= MOST_OCCLUDED)
        & (labels[:, TRUNCATED] <= MOST_TRUNCATED)
    )
    return of_group & easy, of_group & ~easy


def match(labels, found, wanted, also_ignored):
    """Scores and rightness of the detections that count in one image, and its number of objects."""
    is_object, is_ignored = counts(labels, wanted)
    is_ignored |= np.isin(labels[:, CLASS], (-1, *also_ignored))
    objects, ignored = labels[is_object, BOX], labels[is_ignored, BOX]
    free = np.ones(len(objects), bool)
    scores, right = [], []
    for box, score, number in zip(found.boxes, found.scores, found.classes):
        if number not in wanted:
            continue
        overlaps = np.where(free, iou(box, objects), 0.0) if len(objects) else np.zeros(1)
        if overlaps.max() >= LEAST_IOU:
            free[overlaps.argmax()] = False
            scores.append(score)
            right.append(True)
        elif not neither_way(box, ignored):
            scores.append(score)
            right.append(False)
    return scores, right, len(objects)


def neither_way(box, ignored):
    """Whether a detection that found nothing is too low to count or lies on something to be ignored."""
    if box[3] - box[1] < LEAST_HEIGHT:
        return True
    if not len(ignored):
        return False
    inside = shared(box, ignored) / max(float(area(box)), 1e-9)
    return bool(np.maximum(iou(box, ignored), inside).max() > LEAST_IOU)


def curve(all_labels, all_found, wanted, also_ignored=()):
    """Over all images."""
    scores, right, objects = [], [], 0
    for labels, found in zip(all_labels, all_found):
        some_scores, some_right, some_objects = match(labels, found, wanted, also_ignored)
        scores += some_scores
        right += some_right
        objects += some_objects
    return Curve(np.array(scores, float), np.array(right, bool), objects)
