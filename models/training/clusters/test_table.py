"""Proves table and calibration on made-up numbers, without the simulator."""

import tempfile
import tomllib
import unittest
from pathlib import Path

import lightgbm
import numpy as np

from table import HOPELESS, Kind, Tree, at_most, tree_of, write_table
from train import SETTINGS, line


def made_up(rows):
    random = np.random.default_rng(3)
    x = random.normal(size=(rows, 4)).astype(np.float32)
    odds = 2 * x[:, 0] - x[:, 1] * x[:, 2]
    return x, random.random(rows) < 1 / (1 + np.exp(-odds))


class TableTest(unittest.TestCase):
    def test_the_table_says_what_the_model_says(self):
        x, right = made_up(4000)
        model = lightgbm.train(SETTINGS, lightgbm.Dataset(x, right.astype(float)), 15)
        trees = [tree_of(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]
        sums = Kind("car", (1.0, 0.0), trees).sums(x)
        self.assertLess(np.abs(sums - model.predict(x, raw_score=True)).max(), 1e-3)

    def test_values_on_a_limit_go_the_same_way(self):
        for value in (0.3, 0.8620000183582307, 1.0):
            limit = at_most(value)
            self.assertLessEqual(float(limit), value)
            self.assertGreater(float(np.nextafter(limit, np.float32(np.inf))), value)

    def test_hopeless_cases_are_left(self):
        leaf = Tree([], [], [], [], [HOPELESS / 20 - 0.1])
        last = Tree([], [], [], [], [100.0])
        self.assertLess(Kind("car", (1.0, 0.0), [leaf] * 20 + [last]).sums(np.zeros((1, 4)))[0], HOPELESS)

    def test_the_line_is_the_odds(self):
        random = np.random.default_rng(5)
        sums = random.normal(size=50_000)
        right = random.random(50_000) < 1 / (1 + np.exp(-(1.7 * sums - 0.6)))
        slope, offset = line(sums, right)
        self.assertAlmostEqual(slope, 1.7, delta=0.05)
        self.assertAlmostEqual(offset, -0.6, delta=0.05)

    def test_the_file_holds_the_trees(self):
        tree = Tree([1, 0], [np.float32(0.5), np.float32(2)], [-1, -2], [1, -3], [-2.0, 1.0, 3.0])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "table.toml"
            write_table(path, ["a", "b"], [Kind("car", (1.5, -0.25), [tree])], "made up")
            table = tomllib.loads(path.read_text())
        self.assertEqual(table["evidence"], ["a", "b"])
        self.assertEqual(table["kind"][0]["line"], [1.5, -0.25])
        self.assertEqual(table["kind"][0]["tree"][0], {"number": [1, 0], "threshold": [0.5, 2.0], "low": [-1, -2],
                                                       "high": [1, -3], "leaf": [-2.0, 1.0, 3.0]})


if __name__ == "__main__":
    unittest.main()
