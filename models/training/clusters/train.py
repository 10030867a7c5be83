"""Trains the trees that say what a cluster is, and writes their table.

Examples come out of `cluster_scans examples` while this runs; nothing but the table is kept.

python train.py --program ../../../target/release/cluster_scans --table ../../../crates/delos_detect/tables/clusters.toml
"""

import argparse
import subprocess
from dataclasses import dataclass

import lightgbm
import numpy as np

from table import HOPELESS, Kind, tree_of, write_table

# Test seeds are those of evaluate.py; a scan with seed s shows shapes of the store s // 1000, so these share none.
TRAINING = (("hdl64", 3_000_000, 2500), ("hdl32", 3_100_000, 500), ("blocks", 3_200_000, 200))
VALIDATION = (("hdl64", 3_500_000, 300),)
STEP = 23
KINDS = ("car", "van", "truck", "pedestrian", "cyclist")
CAR, VAN, PEDESTRIAN = 0, 1, 3
HEAD = 4
# A box is right from this overlap on, seen from above.
RIGHT = (0.5, 0.5, 0.5, 0.25, 0.25)
# The better it fits, the surer it should be: half of an example's target is this overlap.
EXACT = (0.7, 0.7, 0.7, 0.5, 0.5)
# A car's box on a van counts neither way from this overlap on.
VAN_OVERLAP = 0.3
MOST_TREES, PATIENCE = 120, 20
NEWTON_STEPS = 20
SETTINGS = {
    "objective": "cross_entropy", "learning_rate": 0.12, "num_leaves": 31, "min_data_in_leaf": 60, "max_bin": 127,
    "lambda_l2": 5.0, "feature_fraction": 0.6, "bagging_fraction": 0.7, "bagging_freq": 1, "seed": 1,
    "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbosity": -1,
}


@dataclass
class Examples:
    names: list
    rows: np.ndarray

    def of_kind(self, kind):
        """Evidence of one kind, and the overlap with the best object of that kind."""
        rows = self.rows[self.rows[:, 1] == kind]
        if kind == CAR:
            rows = rows[(rows[:, 2] >= RIGHT[CAR]) | (rows[:, 3] < VAN_OVERLAP)]
        return rows[:, HEAD:], rows[:, 2]


def target(kind, overlap):
    """Half for a box that is right, half for one that is exact: what fits better should come first."""
    return ((overlap >= RIGHT[kind]).astype(float) + (overlap >= EXACT[kind])) / 2


def run(program, parts):
    """The examples of some scans."""
    blocks = []
    for lidar, seed, count in parts:
        wanted = ["--lidar", lidar, "--seed", str(seed), "--count", str(count), "--step", str(STEP), "--varied"]
        blocks.append(read(subprocess.run([program, "examples", *wanted], stdout=subprocess.PIPE, check=True).stdout))
    return Examples(blocks[0].names, np.concatenate([block.rows for block in blocks]))


def read(content):
    head, body = content.split(b"\n", 1)
    names = head.decode().split()
    return Examples(names[HEAD:], np.frombuffer(body, "<f4").reshape(-1, len(names)))


def train(kind, training, validation):
    """The trees of one kind, and the line that makes a share of right boxes of their sum; both the number of trees
    and the line are those that are best on the validation scans."""
    evidence, overlap = training.of_kind(kind)
    data = lightgbm.Dataset(evidence, target(kind, overlap), feature_name=training.names)
    evidence, overlap = validation.of_kind(kind)
    held_out = data.create_valid(evidence, target(kind, overlap))
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    model = lightgbm.train(SETTINGS, data, MOST_TREES, [held_out], callbacks=[stop])
    trees = model.dump_model(num_iteration=model.best_iteration)["tree_info"]
    found = Kind(KINDS[kind], (1.0, 0.0), [tree_of(tree["tree_structure"]) for tree in trees])
    check(found, model, evidence)
    found.line = line(found.sums(evidence), overlap >= RIGHT[kind])
    report(found, model, evidence, overlap >= RIGHT[kind])
    return found


def line(sums, right):
    """Slope and offset of the logarithm of the odds with the least log loss: Platt 1999, "Probabilistic Outputs for
    Support Vector Machines", by Newton's method."""
    x = np.stack([sums, np.ones(len(sums))], 1)
    found = np.array([1.0, 0.0])
    for _ in range(NEWTON_STEPS):
        share = 1 / (1 + np.exp(-x @ found))
        curvature = (x * (share * (1 - share))[:, None]).T @ x
        found += np.linalg.solve(curvature, x.T @ (right - share))
    return tuple(found)


def check(kind, model, evidence):
    """The table says what the model says, but for rounding."""
    wanted = model.predict(evidence, raw_score=True, num_iteration=model.best_iteration)
    sums = kind.sums(evidence)
    worst = np.abs(sums - wanted)[sums >= HOPELESS].max()
    if worst > 0.01:
        raise ValueError(f"{kind.name}: the table is {worst} off")


def report(kind, model, evidence, right):
    """What the evidence is worth, on the validation scans."""
    gain = model.feature_importance("gain", model.best_iteration)
    best = np.argsort(-gain)[:10]
    names = model.feature_name()
    loss = log_loss(kind.shares(evidence), right)
    print(f"{kind.name}: {len(kind.trees)} trees, loss {loss:.4f}, of the mean {log_loss(right.mean(), right):.4f}; "
          + " ".join(f"{names[i]} {gain[i] / gain.sum():.2f}" for i in best), flush=True)


def log_loss(share, right):
    share = np.clip(share, 1e-6, 1 - 1e-6)
    return float(-np.log(np.where(right, share, 1 - share)).mean())


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the cluster_scans command")
    parser.add_argument("--table", required=True, help="the table to write")
    return parser.parse_args()


def main():
    options = arguments()
    training, validation = run(options.program, TRAINING), run(options.program, VALIDATION)
    kinds = [train(kind, training, validation) for kind in range(len(KINDS))]
    write_table(options.table, training.names, kinds, "Boosted trees for clusters: models/training/clusters/train.py")


if __name__ == "__main__":
    main()
