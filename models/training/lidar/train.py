"""Trains the detector on scans that are simulated meanwhile; the same command again goes on where the last one ended.

python train.py --program ../../../target/release/delos --out FOLDER [--minutes 9] [--samples 60000]
"""

import argparse
import copy
import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from augment import several
from features import CHANNELS, raster
from loss import loss
from network import Detector, parameter_count
from scans import TRAINING_SEED, Stream
from targets import targets

PEAK_RATE, LAST_SHARE, WEIGHT_DECAY = 2e-3, 0.01, 0.03
WARM_UP_STEPS = 200
EMA_DECAY = 0.998
LOG_STEPS, SAVE_STEPS = 50, 100
SAMPLES_PER_SCAN = 3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the delos command")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint, weights and log")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after this time, to go on later")
    parser.add_argument("--samples", type=int, default=60000, help="samples of the whole training")
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--sparse-every", type=int, default=5, help="each so many-th scan is of the HDL-32E; 0: none")
    return parser.parse_args()


class Source:
    """Batches in the order of their steps: a step's samples depend on the training's seed and the step alone."""

    def __init__(self, options, step):
        self.options, self.step = options, step
        self.scans = options.batch // SAMPLES_PER_SCAN
        first = step * self.scans
        sparse = first // options.sparse_every if options.sparse_every else 0
        starts = {"hdl64": first - sparse, "hdl32": sparse}
        self.streams = {
            name: Stream(options.program, name, TRAINING_SEED[name] + start) for name, start in starts.items()
            if name == "hdl64" or options.sparse_every
        }

    def batch(self):
        """Features `[B, 22, H, W]` and targets of the next step."""
        rng = np.random.default_rng([self.options.seed, self.step])
        samples = []
        for number in range(self.step * self.scans, (self.step + 1) * self.scans):
            samples += several(self.streams[self.lidar(number)].next(), SAMPLES_PER_SCAN, rng)
        self.step += 1
        return stacked(samples), [targets(sample) for sample in samples]

    def lidar(self, number):
        every = self.options.sparse_every
        return "hdl32" if every and number % every == every - 1 else "hdl64"

    def close(self):
        for stream in self.streams.values():
            stream.close()


def stacked(samples):
    """Features of samples, `[B, 22, H, W]` as the convolutions like them best."""
    shape = (len(samples), CHANNELS, samples[0].window.ny, samples[0].window.nx)
    out = torch.empty(shape, dtype=torch.bfloat16, memory_format=torch.channels_last)
    for place, sample in zip(out, samples):
        place.copy_(torch.from_numpy(raster(sample.points, sample.window)))
    return out


class Training:
    """Network, its running mean, optimiser and progress."""

    def __init__(self, options):
        torch.manual_seed(options.seed)
        self.options = options
        self.network = Detector().to(memory_format=torch.channels_last).train()
        self.mean = copy.deepcopy(self.network).eval()
        self.optimiser = torch.optim.AdamW(groups(self.network), lr=PEAK_RATE)
        self.step, self.seconds = 0, 0.0
        self.steps = options.samples // options.batch
        self.checkpoint = options.out / "checkpoint.pt"

    def resume(self):
        if self.checkpoint.is_file():
            state = torch.load(self.checkpoint, weights_only=True)
            self.network.load_state_dict(state["network"])
            self.mean.load_state_dict(state["mean"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.seconds = state["step"], state["seconds"]

    def save(self):
        """The checkpoint, and the running mean alone as `network.pt`, which can be exported at any time."""
        parts = {name: getattr(self, name).state_dict() for name in ("network", "mean", "optimiser")}
        replace({**parts, "step": self.step, "seconds": self.seconds}, self.checkpoint)
        replace(self.mean.state_dict(), self.options.out / "network.pt")

    def rate(self):
        """Learning rate: a short warm-up, then a cosine."""
        warm = min(1.0, (self.step + 1) / WARM_UP_STEPS)
        fall = 0.5 * (1 + math.cos(math.pi * min(1.0, self.step / self.steps)))
        return PEAK_RATE * warm * (LAST_SHARE + (1 - LAST_SHARE) * fall)

    def one_step(self, features, wanted):
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        with torch.autocast("cpu", torch.bfloat16):
            planes = self.network(features)
        total, parts = loss(planes.float(), wanted)
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
        source = Source(self.options, self.step)
        # The next batch is made while the network learns from this one.
        maker = ThreadPoolExecutor(1, initializer=torch.set_num_threads, initargs=(1,))
        following = maker.submit(source.batch)
        while self.step < self.steps:
            features, wanted = following.result()
            following = maker.submit(source.batch)
            parts.append(self.one_step(features, wanted))
            elapsed = time.monotonic() - start
            self.seconds = before + elapsed
            if self.step % LOG_STEPS == 0:
                self.log(np.mean(parts, 0))
                parts = []
            if self.step % SAVE_STEPS == 0:
                self.save()
            if elapsed > 60 * self.options.minutes:
                break
        maker.shutdown()
        source.close()
        self.save()
        return self.step >= self.steps

    def log(self, parts):
        seen = self.step * self.options.batch
        line = f"step {self.step}/{self.steps} samples {seen} seconds {self.seconds:.0f} " + " ".join(
            f"{name} {value:.3f}" for name, value in zip(("heat", "box", "quality"), parts)
        )
        print(line, flush=True)
        with open(self.options.out / "log.txt", "a") as file:
            file.write(line + "\n")


def replace(content, path):
    """Writes a file whole or not at all."""
    fresh = path.with_suffix(".new")
    torch.save(content, fresh)
    fresh.replace(path)


def groups(network):
    """Weights decay, normalisation and biases do not."""
    weights = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return [{"params": weights, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0.0}]


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    training = Training(options)
    training.resume()
    print(f"{parameter_count(training.network)} parameters", flush=True)
    done = training.run()
    print("done" if done else "time is up: the same command goes on")


if __name__ == "__main__":
    main()
