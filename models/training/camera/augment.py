"""Training samples: random parts of the cached images, scaled, flipped, with other colours and noise."""

import numpy as np
import torch
from torch.nn.functional import avg_pool2d, interpolate

from dataset import BOX, CLASS, NO_CLASS, OCCLUDED, TRUNCATED
from letterbox import PAD

# Width and height of a training sample, pixels.
SAMPLE = (640, 256)
# Objects lower than this in a sample count neither way, and those hidden or cut to these levels;
# those that nobody sees are background.
LEAST_HEIGHT, MOSTLY_HIDDEN, NOT_SEEN, MOSTLY_CUT = 8.0, 2, 3, 2
# Share of an object that must be left in the sample to be one, and to matter at all.
LEAST_SHARE, NEGLIGIBLE = 0.35, 0.05
NOISES = 8


class Augment:
    """Draws samples. Everything random comes from the generator of the step."""

    def __init__(self, cache, seed):
        self.cache = cache
        generator = torch.Generator().manual_seed(seed)
        self.noise = torch.randn((NOISES, 3, SAMPLE[1], SAMPLE[0]), generator=generator)

    def batch(self, numbers, rng):
        """Images `[B, 3, H, W]` (BGR, 0..=255), and per image boxes `[n, 5]` with their class
        number in front and regions `[m, 4]` that count neither way."""
        samples = [self.sample(number, rng) for number in numbers]
        images = torch.stack([image for image, _, _ in samples])
        return images, [objects for _, objects, _ in samples], [ignored for _, _, ignored in samples]

    def sample(self, number, rng):
        scale = np.exp(rng.uniform(np.log(0.8), np.log(1.45)))
        image, left, top = self.part(number, scale, rng)
        labels = self.cache.boxes_in_input(number)
        labels[:, BOX] = (labels[:, BOX] - [left, top, left, top]) * scale
        if rng.random() < 0.5:
            image = image.flip(-1)
            labels[:, [3, 5]] = SAMPLE[0] - labels[:, [5, 3]]
        objects, ignored = sort_labels(labels)
        return self.colours(image, rng), objects, ignored

    def part(self, number, scale, rng):
        """A random part of the image scaled to a sample, and its corner in the image."""
        source = self.cache.images[number]
        height, width = source.shape[:2]
        wanted = [int(round(side / scale)) for side in SAMPLE]
        left = rng.integers(0, max(width - wanted[0], 0) + 1)
        room = height - wanted[1]
        top = rng.integers(min(room, 0), max(room, 0) + 1)
        piece = np.full((wanted[1], wanted[0], 3), PAD, np.uint8)
        rows = slice(max(top, 0), min(top + wanted[1], height))
        columns = slice(left, min(left + wanted[0], width))
        found = source[rows, columns]
        start = rows.start - top
        piece[start : start + found.shape[0], : found.shape[1]] = found
        image = torch.from_numpy(piece).permute(2, 0, 1)[None].float()
        if image.shape[-2:] != (SAMPLE[1], SAMPLE[0]):
            image = interpolate(image, (SAMPLE[1], SAMPLE[0]), mode="bilinear", align_corners=False)
        return image[0], left, top

    def colours(self, image, rng):
        """Another light: gain per channel, contrast, saturation; now and then blur and noise."""
        grey = image.mean(0, keepdim=True)
        level = float(grey.mean())
        saturation, contrast = rng.uniform(0.5, 1.4), rng.uniform(0.65, 1.35)
        gains = torch.tensor(rng.uniform(0.92, 1.08, 3), dtype=torch.float32)[:, None, None]
        image = grey + (image - grey) * saturation
        image = ((image - level) * contrast + level * rng.uniform(0.7, 1.3)) * gains
        if rng.random() < 0.25:
            image = avg_pool2d(image[None], 3, 1, 1, count_include_pad=False)[0]
        if rng.random() < 0.5:
            image = image + self.noise[rng.integers(NOISES)] * float(rng.uniform(1.0, 9.0))
        return image.clamp_(0.0, 255.0)


def sort_labels(labels):
    """What is left of the labels in a sample: objects `[n, 5]` and regions that count neither way."""
    boxes = labels[:, BOX]
    clipped = boxes.copy()
    clipped[:, 0::2] = clipped[:, 0::2].clip(0, SAMPLE[0])
    clipped[:, 1::2] = clipped[:, 1::2].clip(0, SAMPLE[1])
    share = area(clipped) / np.maximum(area(boxes), 1e-6)
    known = (labels[:, CLASS] != NO_CLASS) & (labels[:, OCCLUDED] < MOSTLY_HIDDEN) & (labels[:, TRUNCATED] < MOSTLY_CUT)
    large = (clipped[:, 3] - clipped[:, 1]) >= LEAST_HEIGHT
    is_object = known & large & (share >= LEAST_SHARE)
    is_ignored = ~is_object & (share > NEGLIGIBLE) & (labels[:, OCCLUDED] != NOT_SEEN)
    objects = np.concatenate([labels[is_object, CLASS, None], clipped[is_object]], 1)
    return torch.from_numpy(objects), torch.from_numpy(clipped[is_ignored])


def area(boxes):
    return np.prod((boxes[:, 2:] - boxes[:, :2]).clip(min=0.0), axis=1)
