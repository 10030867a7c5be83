"""Scores what `cluster_scans found` has written: average precision, recall, and how far scores are shares.

cluster_scans found --seed 3600000 --count 150 > found.txt; python evaluate.py found.txt
"""

import argparse

import numpy as np

from rows import CAR, CYCLIST, LARGE, PEDESTRIAN, read
from score import CASES, Case, curve

MORE = [Case("car 0-20 m centre, 30 points", CAR, 0, 20, 0, 30, by_centre=True)]
BANDS = [Case("car", CAR, 0, 70, 0.5, 1), Case("large vehicle", LARGE, 0, 70, 0.5, 1),
         Case("pedestrian", PEDESTRIAN, 0, 70, 0.25, 1), Case("cyclist", CYCLIST, 0, 70, 0.25, 1)]
BINS = 10


def table(truths, founds):
    print(f"{'':32}{'AP':>7}{'recall at precision 0.7':>25}{'0.9':>7}{'objects':>9}")
    for case in CASES + MORE:
        line = curve(truths, founds, case)
        values = f"{line.average_precision():7.3f}{line.recall_at(0.7):25.3f}{line.recall_at(0.9):7.3f}"
        print(f"{case.name:32}{values}{line.objects:9}")


def bins(scores, right):
    """Of each tenth of the scores: how many, their mean, the share that is right."""
    number = np.minimum((scores * BINS).astype(int), BINS - 1)
    for step in range(BINS):
        part = number == step
        if part.any():
            yield int(part.sum()), scores[part].mean(), right[part].mean()


def calibration(truths, founds):
    """Reliability of each class and the expected calibration error (Guo et al. 2017, equation 3)."""
    for case in BANDS:
        line = curve(truths, founds, case)
        if len(line.scores) == 0:
            continue
        rows = list(bins(line.scores, line.right))
        error = sum(n * abs(mean - share) for n, mean, share in rows) / len(line.scores)
        print(f"{case.name}: expected calibration error {error:.3f} over {len(line.scores)}")
        print("  " + "  ".join(f"{mean:.2f}:{share:.2f} ({n})" for n, mean, share in rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", help="what `cluster_scans found` has written")
    with open(parser.parse_args().rows) as lines:
        truths, founds = read(lines)
    table(truths, founds)
    calibration(truths, founds)


if __name__ == "__main__":
    main()
