"""Trains the detector, in pieces if wished: the same command again goes on where the last one ended.

python train.py --data SIM_ROOT [SIM_ROOT ..] --out FOLDER [--minutes 25] [--samples 60000]
"""

import argparse
import copy
import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from augment import SAMPLE, Augment
from dataset import Cache, read_sequences
from loss import Cells, loss
from network import Detector, parameter_count

PEAK_RATE, LAST_SHARE, WEIGHT_DECAY = 2e-3, 0.02, 0.03
WARM_UP_STEPS = 150
EMA_DECAY = 0.998
LOG_STEPS, SAVE_STEPS = 50, 200
SETTLE_BATCHES = 60


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", required=True, help="roots in the layout of KITTI tracking")
    parser.add_argument("--out", type=Path, required=True, help="folder for cache, checkpoint and log")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after this time, to go on later")
    parser.add_argument("--samples", type=int, default=60000, help="samples of the whole training")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


class Training:
    """Network, its running mean, optimiser and progress."""

    def __init__(self, options, cache):
        torch.manual_seed(options.seed)
        self.options = options
        self.network = Detector().to(memory_format=torch.channels_last).train()
        self.mean = copy.deepcopy(self.network).eval()
        self.optimiser = torch.optim.AdamW(groups(self.network), lr=PEAK_RATE)
        self.step, self.seconds = 0, 0.0
        self.steps = options.samples // options.batch
        self.cells = Cells.of(*SAMPLE)
        self.cache, self.augment = cache, Augment(cache, options.seed)
        self.checkpoint = options.out / "checkpoint.pt"

    def resume(self):
        if self.checkpoint.is_file():
            state = torch.load(self.checkpoint, weights_only=True)
            self.network.load_state_dict(state["network"])
            self.mean.load_state_dict(state["mean"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.seconds = state["step"], state["seconds"]

    def save(self):
        parts = {name: getattr(self, name).state_dict() for name in ("network", "mean", "optimiser")}
        fresh = self.checkpoint.with_suffix(".new")
        torch.save({**parts, "step": self.step, "seconds": self.seconds}, fresh)
        fresh.replace(self.checkpoint)

    def rate(self):
        """Learning rate: a short warm-up, then a cosine."""
        warm = min(1.0, (self.step + 1) / WARM_UP_STEPS)
        fall = 0.5 * (1 + math.cos(math.pi * min(1.0, self.step / self.steps)))
        return PEAK_RATE * warm * (LAST_SHARE + (1 - LAST_SHARE) * fall)

    def numbers(self, step):
        """Images of a step: every pass goes through all of them in an order of its own."""
        size, batch = len(self.cache), self.options.batch
        places = np.arange(step * batch, (step + 1) * batch)
        orders = {p: np.random.default_rng([self.options.seed, p]).permutation(size) for p in set(places // size)}
        return [int(orders[place // size][place % size]) for place in places]

    def samples(self, step):
        rng = np.random.default_rng([self.options.seed, 1 << 20, step])
        return self.augment.batch(self.numbers(step), rng)

    def one_step(self, samples):
        images, objects, ignored = samples
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        with torch.autocast("cpu", torch.bfloat16):
            rows = self.network(images.contiguous(memory_format=torch.channels_last))
        total, parts = loss(rows.float(), objects, ignored, self.cells)
        self.optimiser.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimiser.step()
        self.update_mean()
        self.step += 1
        return parts

    @torch.no_grad()
    def update_mean(self):
        decay = min(EMA_DECAY, (1 + self.step) / (10 + self.step))
        for mean, now in zip(self.mean.state_dict().values(), self.network.state_dict().values()):
            if mean.is_floating_point():
                mean.lerp_(now, 1 - decay)
            else:
                mean.copy_(now)

    def run(self):
        """Trains until the end or until the time is up; whether the end was reached."""
        start, before, parts = time.monotonic(), self.seconds, []
        # The next samples are drawn while the network learns from these.
        drawer = ThreadPoolExecutor(1, initializer=torch.set_num_threads, initargs=(1,))
        following = drawer.submit(self.samples, self.step)
        while self.step < self.steps:
            samples = following.result()
            following = drawer.submit(self.samples, self.step + 1)
            parts.append(self.one_step(samples))
            elapsed = time.monotonic() - start
            self.seconds = before + elapsed
            if self.step % LOG_STEPS == 0:
                self.log(np.mean(parts, 0))
                parts = []
            if self.step % SAVE_STEPS == 0:
                self.save()
            if elapsed > 60 * self.options.minutes:
                break
        drawer.shutdown(cancel_futures=True)
        self.save()
        return self.step >= self.steps

    @torch.no_grad()
    def settled(self):
        """The running mean of the network with statistics of its own: those gathered on the way
        belong to weights that have changed since."""
        network = copy.deepcopy(self.mean).train()
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.reset_running_stats()
                module.momentum = None
        for batch in range(SETTLE_BATCHES):
            rng = np.random.default_rng([self.options.seed, 2 << 20, batch])
            numbers = rng.integers(len(self.cache), size=self.options.batch)
            images, _, _ = self.augment.batch(numbers, rng)
            with torch.autocast("cpu", torch.bfloat16):
                network(images.contiguous(memory_format=torch.channels_last))
        return network.eval()

    def log(self, parts):
        seen = self.step * self.options.batch
        line = f"step {self.step}/{self.steps} samples {seen} seconds {self.seconds:.0f} " + " ".join(
            f"{name} {value:.3f}" for name, value in zip(("box", "object", "class"), parts)
        )
        print(line, flush=True)
        with open(self.options.out / "log.txt", "a") as file:
            file.write(line + "\n")


def groups(network):
    """Weights decay, normalisation and biases do not."""
    weights = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return [{"params": weights, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0.0}]


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    sequences = [sequence for root in options.data for sequence in read_sequences(root)]
    cache = Cache(options.out / "cache", sequences)
    training = Training(options, cache)
    training.resume()
    print(f"{len(cache)} images of {len(sequences)} sequences; "
          f"{parameter_count(training.network)} parameters", flush=True)
    done = training.run()
    torch.save(training.settled().state_dict(), options.out / "network.pt")
    print("done" if done else "time is up: the same command goes on")


if __name__ == "__main__":
    main()
