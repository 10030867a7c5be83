"""Writes a small made-up data set, coloured rectangles on noise, to prove the pipeline without the simulator.

python made_up.py FOLDER [SEQUENCES] [IMAGES]
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from classes import CLASSES

WIDTH, HEIGHT = 1242, 375
# Width over height and colour of each class's rectangle.
SHAPES = [(1.6, (200, 40, 40)), (1.3, (40, 200, 40)), (1.0, (40, 40, 200)),
          (2.2, (200, 200, 40)), (0.8, (200, 40, 200)), (0.4, (40, 200, 200))]


def picture(rng):
    """An image and its objects: class number and box, none inside another's box by much."""
    image = rng.integers(60, 180, (HEIGHT // 4 + 1, WIDTH // 4 + 1, 3)).astype(np.uint8)
    image = image.repeat(4, 0).repeat(4, 1)[:HEIGHT, :WIDTH].copy()
    objects = []
    for _ in range(rng.integers(1, 9)):
        number = int(rng.integers(len(CLASSES)))
        aspect, colour = SHAPES[number]
        height = np.exp(rng.uniform(np.log(20), np.log(180)))
        width = height * aspect
        x, y = rng.uniform(0, WIDTH - width), rng.uniform(0, HEIGHT - height)
        box = np.array([x, y, x + width, y + height])
        if all(apart(box, other) for _, other in objects):
            x1, y1, x2, y2 = box.round().astype(int)
            image[y1:y2, x1:x2] = np.array(colour) + rng.integers(-25, 26, 3)
            objects.append((number, box))
    return image, objects


def apart(a, b):
    return a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]


def write(root, sequences=2, images=20, seed=7):
    rng = np.random.default_rng(seed)
    for sequence in range(sequences):
        folder = Path(root) / "training/image_02" / f"{sequence:04}"
        folder.mkdir(parents=True, exist_ok=True)
        rows = []
        for frame in range(images):
            image, objects = picture(rng)
            Image.fromarray(image).save(folder / f"{frame:06}.png", compress_level=1)
            for track, (number, box) in enumerate(objects):
                place = " ".join(f"{edge:.2f}" for edge in box)
                rows.append(f"{frame} {track} {CLASSES[number]} 0 0 0 {place} 1.5 1.6 3.9 0 1.7 20 0")
        labels = Path(root) / "training/label_02"
        labels.mkdir(parents=True, exist_ok=True)
        (labels / f"{sequence:04}.txt").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    write(sys.argv[1], *map(int, sys.argv[2:]))
