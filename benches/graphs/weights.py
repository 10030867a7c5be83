"""Seeded random weights that are the same bytes on every machine and in every version of every library.

A weight takes one of sixteen values: the middles of sixteen equally likely parts of a normal distribution, scaled
to its spread. Which one is told by four bits of SHAKE-256 of seed and name. No random generator of a library is
asked, whose stream may change, and no logarithm or exponential, whose last bit may. A file of such weights packs to
an eighth of its size, which matters where it has to be carried to a machine without a network.
"""

import hashlib
import math

import numpy

# Quantiles (i + 1/2) / 16 of the standard normal distribution, i = 8..15.
HALF = [0.078412, 0.237202, 0.402250, 0.579132, 0.776422, 1.009990, 1.318011, 1.862732]
LEVELS = numpy.array([-level for level in reversed(HALF)] + HALF)
SPREAD = math.sqrt(float(numpy.dot(LEVELS, LEVELS)) / 16)


def balanced(seed: int, name: str, shape: tuple[int, ...], spread: float) -> numpy.ndarray:
    """The same, but along axis 1 the second half is the first one with its sign turned: what all inputs have in
    common cancels. It is for layers that give answers, whose mean their bias is to set."""
    half = random(seed, name, (shape[0], shape[1] // 2, *shape[2:]), spread)
    return numpy.concatenate([half, -half], axis=1)


def random(seed: int, name: str, shape: tuple[int, ...], spread: float) -> numpy.ndarray:
    """Weights `shape` with mean 0 and standard deviation `spread`, f64."""
    count = math.prod(shape)
    bits = numpy.frombuffer(hashlib.shake_256(f"{seed}/{name}".encode()).digest((count + 1) // 2), numpy.uint8)
    numbers = numpy.stack([bits & 15, bits >> 4], axis=1).reshape(-1)[:count]
    return (LEVELS * (spread / SPREAD))[numbers].reshape(shape)
