"""Tests of the pipeline on made-up points: python -m unittest test_pipeline"""

import json
import math
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from augment import Sample, part, several, whole
from boxes import inside, iou, iou_table
from classes import CAR, LARGE, PEDESTRIAN
from decode import Found, decode
from export import largest_difference, open_onnx, run_onnx, write_half, write_onnx
from features import BELOW_GROUND_M, CELL_M, CHANNELS, FRONT, FULL_TURN, GROUND_M, Window, raster
from golden import examples
from loss import loss
from network import Detector, parameter_count
from scans import TEST_SEED, TRAINING_SEED, VALIDATION_SEED, Scan
from score import Case, Curve, match
from targets import targets

SMALL = Window(0.0, -10.24, 64, 64)


def box(x, y, yaw=0.0, size=(4.0, 1.7, 1.5)):
    return [x, y, GROUND_M + size[2] / 2, *size, yaw]


def made_up_box(rng):
    return box(*rng.uniform(-1.5, 1.5, 2), rng.uniform(-4, 4), rng.uniform(1, 5, 3))


def made_up_scan(seed=3, cars=6):
    """Boxes with points on their sides, on flat ground."""
    rng = np.random.default_rng(seed)
    boxes = [box(7 * i + 5, rng.uniform(-8, 8), rng.uniform(-3, 3)) for i in range(cars)]
    parts = [np.stack([*rng.uniform(-70, 70, (2, 4000)), rng.normal(GROUND_M, 0.02, 4000)], 1)]
    for x, y, z, length, width, height, yaw in boxes:
        along, across = rng.uniform(-0.5, 0.5, (2, 300)) * [[length], [width]]
        across[:150] = width / 2
        along[150:] = length / 2
        c, s = math.cos(yaw), math.sin(yaw)
        parts.append(np.stack([x + c * along - s * across, y + s * along + c * across,
                               z + rng.uniform(-0.4, 0.5, 300) * height], 1))
    kinds = np.zeros(cars, int)
    return Scan(seed, np.concatenate(parts).astype(np.float32), np.array(boxes, np.float32), kinds, kinds + 300)


def made_up_sample(boxes, classes, counts, vans=None):
    vans = np.zeros(len(boxes), bool) if vans is None else np.array(vans)
    return Sample(SMALL, np.zeros((0, 3), np.float32), np.array(boxes, np.float32).reshape(-1, 7),
                  np.array(classes, int), vans, np.array(counts, float))


class Features(unittest.TestCase):
    def cell(self, points, row, column, window=SMALL):
        return raster(np.array(points, np.float32), window)[:, row, column]

    def test_a_cell_number_by_number(self):
        """Two points in the cell with x from 0.64 and y from -9.92: column 2, row 1."""
        zero = GROUND_M - BELOW_GROUND_M
        found = self.cell([[0.72, -9.84, zero + 0.125], [0.88, -9.68, zero + 1.001]], 1, 2)
        np.testing.assert_allclose(found[:2], [1.0, math.log(3) / 4], rtol=1e-6)
        np.testing.assert_allclose(found[2:5], [256 / 512, 32 / 512, 144 / 512], atol=1 / 512)
        np.testing.assert_allclose(found[5:7], [0.0, 0.0], atol=1 / 256)
        np.testing.assert_allclose(found[7:9], [0.25, 0.25], atol=1 / 256)
        self.assertEqual(np.flatnonzero(found[9:19]).tolist(), [0, 4])
        x, y = 0.80, -9.76
        range_m = math.hypot(x, y)
        np.testing.assert_allclose(found[19:], [range_m / 64, x / range_m, y / range_m], rtol=1e-6)

    def test_what_lies_outside_does_not_count(self):
        outside = [[-0.01, 0, 0], [20.49, 0, 0], [1, 10.25, 0], [1, -10.25, 0]]
        for point in [*outside, [1, 0, 2.2], [1, 0, -3.8], [math.nan, 0, 0]]:
            self.assertFalse(raster(np.array([point], np.float32), SMALL)[:19].any(), point)

    def test_the_order_of_the_points_does_not_matter(self):
        points = made_up_scan().points
        other = points[np.random.default_rng(1).permutation(len(points))]
        self.assertTrue((raster(points, FRONT) == raster(other, FRONT)).all())

    def test_a_part_of_the_turn_is_cut_out_of_the_whole(self):
        """The front sector's cells are cells of the full turn."""
        points = made_up_scan().points
        front, turn = raster(points, FRONT), raster(points, FULL_TURN)
        low, left = round((FRONT.y - FULL_TURN.y) / CELL_M), round((FRONT.x - FULL_TURN.x) / CELL_M)
        part_of_turn = turn[:, low : low + FRONT.ny, left : left + FRONT.nx]
        self.assertLess((part_of_turn[:19] != front[:19]).mean(), 1e-4)
        np.testing.assert_allclose(part_of_turn[19:], front[19:], atol=1e-6)

    def test_another_mounting_height_is_a_parameter(self):
        points = made_up_scan().points
        lifted = points - np.float32([0, 0, 0.25])
        self.assertLess((raster(points, SMALL) != raster(lifted, SMALL, GROUND_M - 0.25)).mean(), 1e-3)


class Golden(unittest.TestCase):
    def test_the_file_is_what_the_code_gives(self):
        wanted, found = json.loads(Path(__file__).with_name("golden.json").read_text()), examples()
        self.assertEqual(wanted["raster"], found["raster"])
        for name in ("boxes", "scores", "classes"):
            np.testing.assert_allclose(found["decode"][name], wanted["decode"][name], atol=2e-5)


class Boxes(unittest.TestCase):
    def test_overlap(self):
        one = np.array([box(30.0, -4.0, 0.3)])
        half = one + [[2 * math.cos(0.3), 2 * math.sin(0.3), 0, 0, 0, 0, 0]]
        cross = one + [[0, 0, 0, 0, 0, 0, math.pi / 2]]
        for other, wanted in [(one, 1.0), (half, 1 / 3), (cross, 1.7**2 / (2 * 6.8 - 1.7**2)), (one + 5, 0.0)]:
            self.assertAlmostEqual(float(iou(one, other)[0]), wanted, places=5)

    def test_overlap_against_a_count_of_places(self):
        rng = np.random.default_rng(2)
        x, y = (part.ravel() for part in np.meshgrid(*[np.arange(-6, 6, 0.02)] * 2))
        for _ in range(20):
            a, b = (np.array(made_up_box(rng)) for _ in range(2))
            in_a, in_b = inside(x, y, a), inside(x, y, b)
            counted = (in_a & in_b).sum() / (in_a | in_b).sum()
            self.assertAlmostEqual(float(iou(a[None], b[None])[0]), counted, delta=0.01)


class Samples(unittest.TestCase):
    def test_boxes_stay_on_their_points(self):
        """Whatever the turn, mirror, stretch and tilt: what stands above ground stands in a box."""
        scan, rng = made_up_scan(), np.random.default_rng(5)
        checked = 0
        for _ in range(6):
            for sample in several(scan, 3, rng):
                x, y, z = sample.points.T
                window = sample.window
                inner = (x > window.x + 3) & (x < window.x + 48) & (y > window.y + 3) & (y < window.y + 53)
                high = inner & (z > GROUND_M + 0.5 + 0.03 * np.hypot(x, y))
                on_box = [inside(x[high], y[high], one, 0.15) for one in sample.boxes]
                checked += high.sum()
                self.assertTrue(not high.any() or np.any(on_box, 0).mean() > 0.99)
        self.assertGreater(checked, 500)

    def test_the_same_seed_gives_the_same_samples(self):
        first, again = (several(made_up_scan(), 3, np.random.default_rng(4)) for _ in range(2))
        self.assertTrue(all((a.points == b.points).all() and (a.boxes == b.boxes).all() for a, b in zip(first, again)))

    def test_parts_lie_in_their_windows(self):
        rng = np.random.default_rng(1)
        for window in (FRONT, FULL_TURN):
            for _ in range(50):
                some = part(window, rng)
                self.assertGreaterEqual(some.x, window.x - 1e-6)
                self.assertLessEqual(some.y + some.ny * CELL_M, window.y + window.ny * CELL_M + 1e-6)

    def test_seeds_of_different_ends_are_far_apart(self):
        starts = sorted([TEST_SEED, VALIDATION_SEED, *TRAINING_SEED.values()])
        self.assertEqual(starts[0], TEST_SEED)
        self.assertGreaterEqual(min(np.diff(starts)), 400_000)


class Targets(unittest.TestCase):
    def test_there_and_back(self):
        boxes = [box(5, 2, 0.4), box(12, -6, -2.9), box(9, 7, 1.6, (9, 2.5, 3)), box(15, 4, 0.1, (0.8, 0.6, 1.7))]
        sample = made_up_sample(boxes, [CAR, CAR, LARGE, PEDESTRIAN], [50] * 4)
        wanted = targets(sample)
        planes = np.concatenate([wanted.heat, np.ones((1, 32, 32), np.float32), wanted.planes])
        found = decode(planes, SMALL, least=0.99)
        table = iou_table(sample.boxes, found.boxes)
        self.assertEqual(len(found.boxes), 4)
        np.testing.assert_array_less(0.999, table.max(1))
        order = table.argmax(1)
        np.testing.assert_allclose(np.angle(np.exp(1j * (found.boxes[order, 6] - sample.boxes[:, 6]))), 0, atol=1e-5)
        np.testing.assert_allclose(found.boxes[order, 2], sample.boxes[:, 2], atol=1e-5)
        self.assertEqual(found.classes[order].tolist(), sample.classes.tolist())

    def test_what_counts_neither_way(self):
        few = targets(made_up_sample([box(10, 0)], [CAR], [3]))
        self.assertTrue(few.heat.max() == 0 and few.counts[CAR].min() == 0 and few.counts[PEDESTRIAN].min() == 1)
        unseen = targets(made_up_sample([box(10, 0)], [CAR], [0]))
        self.assertTrue(unseen.heat.max() == 0 and unseen.counts.min() == 1)
        van = targets(made_up_sample([box(10, 0)], [LARGE], [50], [True]))
        self.assertTrue(van.heat[LARGE].max() == 1 and van.heat[CAR].max() == 0 and van.counts[CAR].min() == 0)


class Learning(unittest.TestCase):
    def batch(self):
        samples = [whole(made_up_scan(seed), SMALL) for seed in (3, 4)]
        features = np.stack([raster(sample.points, SMALL) for sample in samples])
        return torch.from_numpy(features), [targets(sample) for sample in samples]

    def test_the_loss_falls(self):
        torch.manual_seed(2)
        features, wanted = self.batch()
        network = Detector(widths=(8, 16, 16, 16), neck=16).train()
        optimiser = torch.optim.AdamW(network.parameters(), lr=5e-3)
        values = []
        for _ in range(40):
            total, _ = loss(network(features), wanted)
            optimiser.zero_grad()
            total.backward()
            optimiser.step()
            values.append(float(total.detach()))
        self.assertLess(values[-1], 0.5 * values[0])

    def test_onnx_is_pytorch(self):
        torch.manual_seed(3)
        features, _ = self.batch()
        network = Detector().train()
        network(features)
        network.eval()
        self.assertLess(4 * parameter_count(network), 4e6)
        with tempfile.TemporaryDirectory() as folder:
            path, half_path = Path(folder) / "test.onnx", Path(folder) / "half.onnx"
            write_onnx(network, path)
            wide = np.random.default_rng(1).random((CHANNELS, 40, 96), np.float32)
            self.assertLess(largest_difference(network, path, [*features.numpy(), wide]), 1e-4)
            write_half(path, half_path)
            single, half = (run_onnx(open_onnx(file), features[0].numpy()) for file in (path, half_path))
            self.assertLess(np.abs(single - half).max(), 0.05)


class Scores(unittest.TestCase):
    CASE = Case("car", CAR, 0, 40, 0.5)

    def matched(self, sample, boxes, scores):
        return match(sample, Found(np.array(boxes), np.array(scores), np.zeros(len(boxes), int)), self.CASE)

    def test_matches(self):
        hit, miss, far = box(10.2, 0), box(20, 0), box(45, 0)
        sample = made_up_sample([box(10, 0)], [CAR], [50])
        self.assertEqual(self.matched(sample, [hit, miss, far], [0.9, 0.8, 0.7]), ([0.9, 0.8], [True, False], 1))
        self.assertEqual(self.matched(sample, [hit, hit], [0.9, 0.8])[1], [True, False])
        few = made_up_sample([box(10, 0)], [CAR], [9])
        self.assertEqual(self.matched(few, [hit], [0.9]), ([], [], 0))
        van = made_up_sample([box(10, 0)], [LARGE], [50], [True])
        self.assertEqual(self.matched(van, [hit], [0.9]), ([], [], 0))
        truck = made_up_sample([box(10, 0)], [LARGE], [50])
        self.assertEqual(self.matched(truck, [hit], [0.9]), ([0.9], [False], 0))

    def test_average_precision(self):
        line = Curve(np.array([0.9, 0.8, 0.4]), np.array([True, False, True]), 2)
        self.assertAlmostEqual(line.average_precision(), 0.5 * 1.0 + 0.5 * 2 / 3)
        self.assertEqual((line.recall_at(0.9), line.recall_at(0.6)), (0.5, 1.0))
        self.assertEqual(line.at(0.5), (0.5, 0.5))


if __name__ == "__main__":
    unittest.main()
