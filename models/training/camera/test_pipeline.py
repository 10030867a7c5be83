"""Tests of the pipeline on made-up data: python -m unittest test_pipeline"""

import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from augment import SAMPLE, Augment, sort_labels
from dataset import BOX, Cache, read_sequences
from decode import Found, decode, grid
from export import largest_difference, write_onnx
from letterbox import SIZE, letterbox, scaled
from loss import Cells, assign, giou, loss
from made_up import write
from network import Detector
from score import Curve, curve


def rows_for(boxes, classes, score=0.9):
    """Probability rows whose cells at stride 8 say exactly these boxes of the input."""
    position, _ = grid()
    rows = np.zeros((len(position), 11), np.float32)
    for box, number in zip(boxes, classes):
        centre, size = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
        x, y = (centre // 8).astype(int)
        cell = y * (SIZE[0] // 8) + x
        rows[cell, :2], rows[cell, 2:4] = centre / 8 - [x, y], np.log(size / 8)
        rows[cell, 4], rows[cell, 5 + number] = 1.0, score
    return rows


class Letterboxes(unittest.TestCase):
    def test_kitti_lies_top_left_on_grey(self):
        image = np.full((375, 1242, 3), (10, 20, 30), np.uint8)
        out, ratio = letterbox(image)
        self.assertAlmostEqual(ratio, 832 / 1242)
        self.assertTrue((out[:251] == (30, 20, 10)).all() and (out[251:] == 114).all())

    def test_halving_averages_and_equal_size_copies(self):
        image = np.random.default_rng(1).integers(0, 256, (8, 12, 3)).astype(np.uint8)
        self.assertTrue((scaled(image, 12, 8) == image).all())
        mean = image.reshape(4, 2, 6, 2, 3).mean((1, 3))
        self.assertLessEqual(np.abs(scaled(image, 6, 4) - mean).max(), 1.0)


class Samples(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        write(Path(folder.name) / "data", sequences=2, images=3)
        self.sequences = read_sequences(Path(folder.name) / "data")
        self.cache = Cache(Path(folder.name) / "cache", self.sequences)

    def test_cache_is_the_letterbox_and_the_labels(self):
        self.assertEqual(len(self.cache), 6)
        self.assertEqual(self.cache.images.shape, (6, 256, 832, 3))
        labels = self.cache.boxes_in_input(4)
        again = self.sequences[1].labels[1][:, BOX] * (832 / 1242)
        np.testing.assert_allclose(labels[:, BOX], again, rtol=1e-5)

    def test_boxes_stay_on_their_rectangles(self):
        """Whatever the part, scale and flip, a rectangle's colour fills its box."""
        augment = Augment(self.cache, 1)
        augment.colours = lambda image, rng: image
        checked = 0
        for seed in range(40):
            image, objects, _ = augment.sample(seed % 6, np.random.default_rng(seed))
            for x1, y1, x2, y2 in objects[:, 1:].numpy().round().astype(int) + [3, 3, -3, -3]:
                inside = image[:, y1:y2, x1:x2]
                self.assertLess(float(inside.reshape(3, -1).std(1).max()), 3.0)
                checked += 1
        self.assertGreater(checked, 50)

    def test_hidden_and_tiny_objects_count_neither_way(self):
        box = [10, 10, 60, 40]
        for head, box, wanted in [([0, 1, 1], box, (1, 0)), ([0, 0, 2], box, (0, 1)), ([0, 0, 3], box, (0, 0)),
                                  ([0, 2, 0], box, (0, 1)), ([-1, 0, 0], box, (0, 1)),
                                  ([0, 0, 0], [10, 10, 20, 17], (0, 1)), ([0, 0, 0], [620, 10, 720, 40], (0, 1)),
                                  ([0, 0, 0], [700, 10, 720, 40], (0, 0)), ([0, 0, 0], [600, 10, 680, 40], (1, 0))]:
            objects, ignored = sort_labels(np.array([head + box], np.float32))
            self.assertEqual((len(objects), len(ignored)), wanted, (head, box))

    def test_onnx_is_pytorch(self):
        torch.manual_seed(3)
        network = Detector().train()
        network(torch.rand(4, 3, 64, 64) * 255)
        path = self.cache.path / "test.onnx"
        write_onnx(network.eval(), path)
        self.assertLess(largest_difference(network, path, self.cache.images[:2]), 1e-4)
        # The same file takes other sizes.
        self.assertLess(largest_difference(network, path, self.cache.images[:1, :128, :320]), 1e-4)


class Losses(unittest.TestCase):
    def setUp(self):
        self.cells = Cells.of(*SAMPLE)
        self.objects = torch.tensor([[0.0, 100, 50, 180, 110], [5.0, 300, 60, 320, 120]])

    def test_giou_is_one_on_itself_and_negative_far_away(self):
        box = self.objects[:, 1:]
        torch.testing.assert_close(giou(box, box), torch.ones(2))
        self.assertLess(float(giou(box[0], box[1])), -0.3)

    def test_cells_answer_for_objects_they_lie_near(self):
        torch.manual_seed(5)
        rows = torch.randn(2, len(self.cells.grid), 11) * 0.1
        image, cell, number = assign(rows, self.cells.boxes(rows), [self.objects, self.objects[:1]], self.cells)
        self.assertEqual(set(number.tolist()), {0, 1, 2})
        self.assertTrue(((number == 2) == (image == 1)).all())
        self.assertEqual(len(set(zip(image.tolist(), cell.tolist()))), len(cell))
        boxes = torch.cat([self.objects, self.objects[:1]])[number, 1:]
        reach = 2.5 * self.cells.stride[cell]
        middle = (boxes[:, :2] + boxes[:, 2:]) / 2
        size = (boxes[:, 2:] - boxes[:, :2]) / 2
        self.assertTrue(((self.cells.centre[cell] - middle).abs() <= torch.maximum(reach, size)).all())

    def test_right_rows_cost_less_than_wrong_ones(self):
        wanted = torch.tensor(rows_for(self.objects[:, 1:].numpy(), [0, 5], 0.999))
        cells = Cells.of(*SIZE)
        right = torch.logit(wanted.clamp(0.001, 0.999))
        right[:, :4] = wanted[:, :4]
        wrong = right.clone()
        wrong[:, :2] += 1.5
        none = [torch.zeros(0, 4)]
        good, bad = (float(loss(rows[None], [self.objects], none, cells)[0]) for rows in (right, wrong))
        self.assertLess(good, bad)

    def test_what_is_ignored_costs_nothing(self):
        rows = torch.zeros(1, len(self.cells.grid), 11)
        rows[..., 4] = -20.0
        cell = int(((self.cells.centre - 100).abs().sum(1) + self.cells.stride[:, 0]).argmin())
        rows[0, cell, 4] = 5.0
        nothing = [torch.zeros(0, 5)]
        loud, _ = loss(rows, nothing, [torch.zeros(0, 4)], self.cells)
        quiet, _ = loss(rows, nothing, [torch.tensor([[90.0, 90, 110, 110]])], self.cells)
        self.assertTrue(float(loud) > 4.9 and float(quiet) < 1e-3)


class Decoding(unittest.TestCase):
    def test_boxes_come_back_in_the_images_pixels(self):
        boxes = np.array([[100.0, 50, 180, 110], [300, 60, 320, 120]])
        found = decode(rows_for(boxes, [0, 5]), 0.5, (1600, 500), 0.3, 0.5)
        np.testing.assert_allclose(found.boxes, boxes * 2, rtol=1e-4)
        self.assertEqual(found.classes.tolist(), [0, 5])

    def test_the_weaker_of_two_of_a_class_goes(self):
        boxes = np.array([[100.0, 50, 180, 110], [109, 50, 189, 110], [118, 58, 198, 118]])
        rows = rows_for(boxes[:1], [0], 0.9) + rows_for(boxes[1:2], [0], 0.8) + rows_for(boxes[2:], [1], 0.7)
        found = decode(rows, 1.0, SIZE, 0.3, 0.5)
        self.assertEqual(found.classes.tolist(), [0, 1])


class Scores(unittest.TestCase):
    LABEL = [0, 0, 0, 100, 100, 200, 150]

    def found(self, boxes, scores):
        return Found(np.array(boxes, float).reshape(-1, 4), np.array(scores), np.zeros(len(scores), int))

    def ap(self, labels, found):
        return curve([np.array(labels, float)], [found], (0,), (1,)).average_precision()

    def test_average_precision(self):
        hit, miss = [102, 100, 202, 150], [400, 100, 500, 150]
        self.assertEqual(self.ap([self.LABEL], self.found([hit], [0.9])), 1.0)
        self.assertEqual(self.ap([self.LABEL], self.found([miss, hit], [0.9, 0.8])), 0.5)
        self.assertEqual(self.ap([self.LABEL], self.found([hit, hit], [0.9, 0.8])), 1.0)
        two = [self.LABEL, [0, 0, 0, 700, 100, 800, 150]]
        self.assertEqual(self.ap(two, self.found([hit], [0.9])), 0.5)

    def test_what_counts_neither_way(self):
        hit = [102, 100, 202, 150]
        for label in ([0, 0, 2, *hit], [0, 1, 0, *hit], [1, 0, 0, *hit], [-1, -1, -1, 90, 90, 300, 300]):
            result = curve([np.array([label], float)], [self.found([hit], [0.9])], (0,), (1,))
            self.assertEqual((result.objects, len(result.scores)), (0, 0), label)
        low = curve([np.zeros((0, 7))], [self.found([[10, 10, 60, 30]], [0.9])], (0,), ())
        self.assertEqual(len(low.scores), 0)

    def test_precision_and_recall_at_a_limit(self):
        line = Curve(np.array([0.9, 0.8, 0.4]), np.array([True, False, True]), 4)
        self.assertEqual(line.at(0.5), (0.5, 0.25))


if __name__ == "__main__":
    unittest.main()
