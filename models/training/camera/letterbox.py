"""How an image is fitted into the network's input, in the same integers as `delos_detect::camera::Letterbox`
(those of OpenCV's `resize` with INTER_LINEAR on 8-bit pixels)."""

import numpy as np

SIZE = (832, 256)
PAD = 114
BITS = 11


def fitted(width, height, size=SIZE):
    """Scale from image to input, and the scaled width and height in whole pixels."""
    ratio = min(size[0] / width, size[1] / height)
    whole = [int(np.clip(np.floor(side * ratio + 0.5), 1, limit)) for side, limit in zip((width, height), size)]
    return ratio, whole[0], whole[1]


def taps(source, target, is_row):
    """For each target pixel its two source pixels and their weights of 11 bits."""
    scale = 1.0 / (target / source)
    exact = ((np.arange(target) + 0.5) * scale - 0.5).astype(np.float32)
    pixel = np.floor(exact)
    fraction = exact - pixel
    pixel = pixel.astype(np.int64)
    if not is_row:
        fraction[(pixel < 0) | (pixel >= source - 1)] = 0.0
    pair = np.stack([pixel, pixel + 1]).clip(0, source - 1)
    weights = np.rint(np.stack([np.float32(1) - fraction, fraction]) * np.float32(1 << BITS))
    return pair, weights.astype(np.int32)


def scaled(image, width, height):
    """`[h, w, 3]` u8 to `[height, width, 3]` u8."""
    (left, right), (from_left, from_right) = taps(image.shape[1], width, is_row=False)
    (upper, lower), (from_upper, from_lower) = taps(image.shape[0], height, is_row=True)
    wide = image.astype(np.int32)
    across = (wide[:, left] * from_left[:, None] + wide[:, right] * from_right[:, None]) >> 4
    down = ((across[upper] * from_upper[:, None, None]) >> 16) + ((across[lower] * from_lower[:, None, None]) >> 16)
    return ((down + 2) >> 2).astype(np.uint8)


def letterbox(image, size=SIZE):
    """An RGB image `[h, w, 3]` in the top left corner of the input, BGR `[H, W, 3]` u8, and its scale."""
    ratio, width, height = fitted(image.shape[1], image.shape[0], size)
    out = np.full((size[1], size[0], 3), PAD, np.uint8)
    out[:height, :width] = scaled(image, width, height)[:, :, ::-1]
    return out, ratio
