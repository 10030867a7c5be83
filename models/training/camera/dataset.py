"""Images and labels in the layout of KITTI tracking, and their cache at the network's input size."""

import hashlib
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from classes import CLASSES
from letterbox import SIZE, letterbox

# Columns of a label array; boxes are in pixels of the original image.
CLASS, TRUNCATED, OCCLUDED, BOX = 0, 1, 2, slice(3, 7)
NO_CLASS = -1


@dataclass
class Sequence:
    """One drive: its name, its image files and a label array `[n, 7]` for each."""

    name: str
    images: list
    labels: list


def read_labels(path):
    """Rows of a label file by frame: class number (-1 for what the network does not know),
    truncation and occlusion level, box."""
    frames = {}
    for line in path.read_text().splitlines():
        fields = line.split()
        if len(fields) < 10:
            continue
        number = CLASSES.index(fields[2]) if fields[2] in CLASSES else NO_CLASS
        row = [number, float(fields[3]), float(fields[4]), *map(float, fields[6:10])]
        frames.setdefault(int(fields[0]), []).append(row)
    return {frame: np.array(rows, np.float32) for frame, rows in frames.items()}


def read_sequences(root):
    """Every sequence of a data set that has images and labels, by name."""
    training = Path(root) / "training"
    found = []
    for folder in sorted((training / "image_02").iterdir()):
        label_file = training / "label_02" / f"{folder.name}.txt"
        images = sorted(folder.glob("*.png"))
        if images and label_file.is_file():
            frames = read_labels(label_file)
            nothing = np.zeros((0, 7), np.float32)
            labels = [frames.get(int(image.stem), nothing) for image in images]
            found.append(Sequence(f"{Path(root).name}/{folder.name}", images, labels))
    return found


def read_image(path):
    """An image file as RGB `[h, w, 3]` u8."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def _read_into_input(path):
    return letterbox(read_image(path))


class Cache:
    """Letterboxed images `[n, 256, 832, 3]` (BGR, u8, on disk), their scales and labels."""

    def __init__(self, folder, sequences):
        self.names = [(sequence.name, image) for sequence in sequences for image in sequence.images]
        self.labels = [labels for sequence in sequences for labels in sequence.labels]
        files = "\n".join(f"{image} {image.stat().st_mtime_ns}" for _, image in self.names)
        self.path = Path(folder) / hashlib.sha256(files.encode()).hexdigest()[:16]
        if not (self.path / "ratios.json").is_file():
            self._write()
        self.images = np.load(self.path / "images.npy", mmap_mode="r")
        self.ratios = json.loads((self.path / "ratios.json").read_text())

    def __len__(self):
        return len(self.labels)

    def _write(self):
        self.path.mkdir(parents=True, exist_ok=True)
        shape = (len(self.names), SIZE[1], SIZE[0], 3)
        images = np.lib.format.open_memmap(self.path / "images.npy", "w+", np.uint8, shape)
        ratios = []
        with ProcessPoolExecutor(2) as pool:
            files = [image for _, image in self.names]
            for number, (image, ratio) in enumerate(pool.map(_read_into_input, files, chunksize=16)):
                images[number] = image
                ratios.append(ratio)
        images.flush()
        (self.path / "ratios.json").write_text(json.dumps(ratios))

    def boxes_in_input(self, number):
        """Labels of an image with boxes in pixels of the network's input."""
        labels = self.labels[number].copy()
        labels[:, BOX] *= self.ratios[number]
        return labels
