"""Pictures from above: points by height, labels white (thin: less than 10 points), detections coloured with their scores."""

import numpy as np
from PIL import Image, ImageDraw

from boxes import corners
from features import CELL_M, GROUND_M
from score import LEAST_POINTS

PIXELS_PER_M = 10
COLOURS = ("#40ff40", "#ffa020", "#ff40ff", "#40c0ff")


class Plan:
    """A picture of a window; x points right, y up."""

    def __init__(self, window):
        self.window = window
        size = [round(cells * CELL_M * PIXELS_PER_M) for cells in (window.nx, window.ny)]
        self.grey = np.zeros((size[1], size[0]), np.uint8)

    def places(self, x, y):
        return (x - self.window.x) * PIXELS_PER_M, self.grey.shape[0] - 1 - (y - self.window.y) * PIXELS_PER_M

    def points(self, points):
        column, row = (values.astype(int) for values in self.places(points[:, 0], points[:, 1]))
        kept = (row >= 0) & (row < self.grey.shape[0]) & (column >= 0) & (column < self.grey.shape[1])
        height = np.clip((points[:, 2] - GROUND_M) * 60 + 70, 40, 220).astype(np.uint8)
        np.maximum.at(self.grey, (row[kept], column[kept]), height[kept])

    def picture(self, sample, found, least_score):
        image = Image.fromarray(self.grey).convert("RGB")
        pen = ImageDraw.Draw(image)
        for box, count in zip(corners(sample.boxes), sample.counts):
            if count > 0:
                self.outline(pen, box, "white", 3 if count >= LEAST_POINTS else 1)
        kept = found.some(found.scores >= least_score)
        for box, outline, score, number in zip(kept.boxes, corners(kept.boxes), kept.scores, kept.classes):
            self.outline(pen, outline, COLOURS[number], 1)
            ahead = box[:2] + box[3] / 2 * np.array([np.cos(box[6]), np.sin(box[6])])
            pen.line([self.places(*box[:2]), self.places(*ahead)], fill=COLOURS[number])
            pen.text(self.places(*outline.max(0)), f"{score:.2f}", fill=COLOURS[number])
        return image

    def outline(self, pen, box, colour, width):
        pen.line([self.places(*corner) for corner in (*box, box[0])], fill=colour, width=width)


def draw(sample, points, found, least_score):
    plan = Plan(sample.window)
    plan.points(points)
    return plan.picture(sample, found, least_score)
