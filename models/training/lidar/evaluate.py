"""Scores an exported network on simulated scans through ONNX Runtime.

Scores:               python evaluate.py --program DELOS --onnx ../../delos_lidar.onnx --view front
Limits for the card:  python evaluate.py --program DELOS --onnx .. --validation --choose
Pictures from above:  add --pictures FOLDER
"""

import argparse
import time
from pathlib import Path

import numpy as np

from augment import VIEW_DOWN, VIEW_SIDE, VIEW_UP, seen_by_camera, whole
from classes import CLASSES
from decode import LEAST_HEAT, NMS_IOU, QUALITY_POWER, candidates, select
from draw import draw
from export import open_onnx, run_onnx
from features import FRONT, FULL_TURN, raster
from scans import TEST_SEED, VALIDATION_SEED, some_scans
from score import CASES, Case, curve

POWERS = (0.0, 0.25, 0.5, 1.0, 2.0)
NMS_IOUS = (0.05, 0.1, 0.2, 0.3, 0.5)
SCORES = np.arange(0.1, 0.81, 0.05)
PICTURES, PICTURE_SCORE = 24, 0.3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the delos command")
    parser.add_argument("--onnx", type=Path, required=True)
    parser.add_argument("--lidar", default="hdl64", choices=("hdl64", "hdl32"))
    parser.add_argument("--view", default="front", choices=("front", "cut", "turn"), help="cut: what a camera sees")
    parser.add_argument("--validation", action="store_true", help="the scans for choosing, not those of the scores")
    parser.add_argument("--choose", action="store_true", help="choose limits; only with --validation")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--power", type=float, default=QUALITY_POWER)
    parser.add_argument("--nms-iou", type=float, default=NMS_IOU)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pictures", type=Path, help="folder for pictures of the first scans")
    return parser.parse_args()


class Results:
    """Candidates of the network for every scan, the labels, the time of each run."""

    def __init__(self, options):
        session = open_onnx(options.onnx, options.threads)
        seed = VALIDATION_SEED if options.validation else TEST_SEED
        self.samples, self.points, self.candidates, self.seconds = [], [], [], []
        for scan in some_scans(options.program, options.lidar, seed, options.count):
            self.add(session, viewed(scan, options.view))

    def add(self, session, sample):
        features = raster(sample.points, sample.window)
        start = time.perf_counter()
        planes = run_onnx(session, features)
        self.seconds.append(time.perf_counter() - start)
        self.candidates.append(candidates(planes, sample.window, least=LEAST_HEAT))
        if len(self.points) < PICTURES:
            self.points.append(sample.points)
        sample.points = None
        self.samples.append(sample)

    def found(self, power, nms_iou):
        return [select(some, power, nms_iou) for some in self.candidates]


def viewed(scan, view):
    """The part of a scan that is to be scored."""
    sample = whole(scan, FULL_TURN if view == "turn" else FRONT)
    if view == "cut":
        seen_by_camera(sample, VIEW_SIDE, VIEW_DOWN, VIEW_UP)
    return sample


def table(results, found):
    print(f"{'':32}{'AP':>7}{'recall at precision 0.7':>25}{'0.9':>7}{'objects':>9}")
    for case in CASES:
        line = curve(results.samples, found, case)
        values = f"{line.average_precision():7.3f}{line.recall_at(0.7):25.3f}{line.recall_at(0.9):7.3f}"
        print(f"{case.name:32}{values}{line.objects:9}")


def choose(results):
    """The quality's power, the overlap limit, and a score for each class with the best F1."""
    cases = [case for case in CASES if not case.by_centre]
    for power in POWERS:
        for nms_iou in NMS_IOUS if power == QUALITY_POWER else (NMS_IOU,):
            found = results.found(power, nms_iou)
            values = [curve(results.samples, found, case).average_precision() for case in cases]
            print(f"power {power} nms_iou {nms_iou}: " + " ".join(f"{value:.3f}" for value in values))
    found = results.found(QUALITY_POWER, NMS_IOU)
    for number, name in enumerate(CLASSES):
        line = curve(results.samples, found, Case(name, number, 0, 60, 0.25 if number > 1 else 0.5))
        points = [(f1(*line.at(score)), score, *line.at(score)) for score in SCORES]
        print(f"{name}: best F1 {{:.3f}} at score {{:.2f}}, precision {{:.3f}}, recall {{:.3f}}".format(*max(points)))


def f1(precision, recall):
    return 2 * precision * recall / max(precision + recall, 1e-9)


def main():
    options = arguments()
    if options.choose and not options.validation:
        raise SystemExit("limits are chosen on the validation scans alone")
    results = Results(options)
    times = np.array(results.seconds) * 1e3
    end = "validation" if options.validation else "test"
    print(f"{options.count} scans of {options.lidar}, {options.view}, {end}; ONNX Runtime "
          f"with {options.threads} threads: median {np.median(times):.1f} ms, 95 % {np.quantile(times, 0.95):.1f} ms")
    if options.choose:
        choose(results)
    found = results.found(options.power, options.nms_iou)
    table(results, found)
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
        for number, (sample, points, some) in enumerate(zip(results.samples, results.points, found)):
            draw(sample, points, some, PICTURE_SCORE).save(options.pictures / f"{number:03}.png")


if __name__ == "__main__":
    main()
