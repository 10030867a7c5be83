"""Scores the exported network through ONNX Runtime.

Scores on data:          python evaluate.py --onnx ../../delos_camera.onnx --data SIM_ROOT [..]
Limits for the card:     python evaluate.py --onnx .. --data VALIDATION_ROOT --choose
Pictures with the boxes: add --pictures FOLDER
"""

import argparse
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from classes import CLASSES
from dataset import BOX, CLASS, NO_CLASS, read_image, read_sequences
from decode import decode
from export import open_onnx, run_onnx
from letterbox import letterbox
from score import GROUPS, curve

LEAST_SCORE = 0.01
NMS_IOUS = (0.45, 0.55, 0.65)
SCORES = np.arange(0.1, 0.91, 0.05)
PICTURES = 24


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--onnx", type=Path, required=True)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--choose", action="store_true", help="choose limits; never on the data of the scores")
    parser.add_argument("--score", type=float, default=0.3)
    parser.add_argument("--nms-iou", type=float, default=0.55)
    parser.add_argument("--every", type=int, default=1, help="take every so many-th image")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pictures", type=Path)
    return parser.parse_args()


class Results:
    """Raw rows of the network for every image, with labels, scales and the time of each run."""

    def __init__(self, session, sequences, every):
        self.files, self.labels, self.rows, self.ratios, self.sizes, self.seconds = [], [], [], [], [], []
        for sequence in sequences:
            for file, labels in list(zip(sequence.images, sequence.labels))[::every]:
                self.add(session, file, labels)

    def add(self, session, file, labels):
        image = read_image(file)
        boxed, ratio = letterbox(image)
        start = time.perf_counter()
        rows = run_onnx(session, boxed)
        self.seconds.append(time.perf_counter() - start)
        # Rows that no limit lets through are not kept.
        self.rows.append(np.where(rows[:, 4:5] >= LEAST_SCORE, rows, 0).astype(np.float32))
        self.files.append(file)
        self.labels.append(labels)
        self.ratios.append(ratio)
        self.sizes.append((image.shape[1], image.shape[0]))

    def found(self, nms_iou):
        cases = zip(self.rows, self.ratios, self.sizes)
        return [decode(rows, ratio, size, LEAST_SCORE, nms_iou) for rows, ratio, size in cases]


def table(results, found, score):
    """One line per class: AP, precision and recall at the limit, number of objects."""
    print(f"{'':12}{'AP':>7}{'precision':>11}{'recall':>8}{'objects':>9}   (precision, recall at score {score})")
    for name, wanted, ignored in GROUPS:
        line = curve(results.labels, found, wanted, ignored)
        precision, recall = line.at(score)
        print(f"{name:12}{line.average_precision():7.3f}{precision:11.3f}{recall:8.3f}{line.objects:9}")


def choose(results):
    """The overlap limit with the best mean AP, and the score with the best F1 there."""
    best = (-1.0, 0.0, None)
    for nms_iou in NMS_IOUS:
        found = results.found(nms_iou)
        lines = [curve(results.labels, found, wanted, ignored) for _, wanted, ignored in GROUPS[: len(CLASSES)]]
        mean = float(np.nanmean([line.average_precision() for line in lines]))
        print(f"nms_iou {nms_iou}: mean AP {mean:.4f}")
        if mean > best[0]:
            best = (mean, nms_iou, lines)
    _, nms_iou, lines = best
    for score in SCORES:
        print(f"nms_iou {nms_iou} score {score:.2f}: F1 {f1(lines, score):.4f}")
    score = max(SCORES, key=lambda score: f1(lines, score))
    print(f"chosen: nms_iou {nms_iou}, score {score:.2f}")


def f1(lines, score):
    """Over all classes together."""
    right = sum(int((line.right & (line.scores >= score)).sum()) for line in lines)
    given = sum(int((line.scores >= score).sum()) for line in lines)
    return 2 * right / max(given + sum(line.objects for line in lines), 1)


def draw(results, found, score, folder):
    """Images with the labels (thin, white) and the detections (coloured, with class and score)."""
    folder.mkdir(parents=True, exist_ok=True)
    colours = ("#40ff40", "#40c0ff", "#ffa020", "#ffff40", "#ff40ff", "#ff4040")
    for number in range(0, len(found), max(1, len(found) // PICTURES)):
        image = Image.fromarray(read_image(results.files[number]))
        pen = ImageDraw.Draw(image)
        for label in results.labels[number]:
            if label[CLASS] != NO_CLASS:
                pen.rectangle(label[BOX].tolist(), outline="white", width=1)
        kept = found[number].above(score)
        for box, value, kind in zip(kept.boxes, kept.scores, kept.classes):
            pen.rectangle(box.tolist(), outline=colours[kind], width=2)
            pen.text((box[0] + 2, box[1] - 11), f"{CLASSES[kind]} {value:.2f}", fill=colours[kind])
        image.save(folder / f"{results.files[number].parent.name}_{results.files[number].stem}.png")


def main():
    options = arguments()
    sequences = [sequence for root in options.data for sequence in read_sequences(root)]
    results = Results(open_onnx(options.onnx, options.threads), sequences, options.every)
    times = np.array(results.seconds) * 1e3
    print(f"{len(times)} images of {len(sequences)} sequences; ONNX Runtime with {options.threads} threads: "
          f"median {np.median(times):.1f} ms, 95 % {np.quantile(times, 0.95):.1f} ms")
    if options.choose:
        choose(results)
    found = results.found(options.nms_iou)
    table(results, found, options.score)
    if options.pictures:
        draw(results, found, options.score, options.pictures)


if __name__ == "__main__":
    main()
