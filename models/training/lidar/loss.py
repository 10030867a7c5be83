"""What a wrong answer costs: the focal loss of CenterNet (Zhou et al. 2019, "Objects as Points", equation 1) for the
heat, smooth L1 for the boxes at the middle cell and its eight neighbours, cross-entropy for their overlap."""

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid, smooth_l1_loss

from boxes import iou
from decode import boxes_of
from features import FRONT
from network import BOX, HEAT, QUALITY

# Place, height, log size, twice the angle, direction.
WEIGHTS = torch.tensor([2.0, 2.0, 1.0, 2.0, 2.0, 1.0, 1.0, 1.0, 0.2, 0.2])
BETA = 0.05
# Of the heat, class by class: the rarer a class, the more it counts.
CLASS_WEIGHTS = torch.tensor([1.0, 2.0, 2.0, 3.0])[:, None, None]
BOX_WEIGHT, QUALITY_WEIGHT = 1.0, 0.5


def heat_loss(logits, heat, counts):
    """Focal loss, for one object."""
    probability = torch.sigmoid(logits)
    found = heat == 1.0
    right = -((1 - probability) ** 2) * logsigmoid(logits)
    wrong = -((1 - heat) ** 4) * probability**2 * logsigmoid(-logits)
    cost = torch.where(found, right, wrong) * counts * CLASS_WEIGHTS
    return cost.sum() / found.sum().clamp(min=1)


def loss(planes, batch):
    """Total and its parts of raw planes `[B, 15, h, w]` for a list of `Targets`."""
    heat, counts, wanted, owner = (together(batch, name) for name in ("heat", "counts", "planes", "owner"))
    image, row, column = (owner >= 0).nonzero(as_tuple=True)
    heat_part = heat_loss(planes[:, HEAT], heat, counts)
    if not len(image):
        return heat_part, (float(heat_part), 0.0, 0.0)
    cells, wanted = planes[image, :, row, column], wanted[image, :, row, column]
    apart = smooth_l1_loss(cells[:, BOX], wanted, reduction="none", beta=BETA)
    box_part = (apart * WEIGHTS).sum(1).mean()
    overlap = torch.from_numpy(overlaps(cells[:, BOX].detach().numpy(), wanted.numpy()))
    quality_part = binary_cross_entropy_with_logits(cells[:, QUALITY], overlap)
    total = heat_part + BOX_WEIGHT * box_part + QUALITY_WEIGHT * quality_part
    return total, (float(heat_part.detach()), float(box_part.detach()), float(quality_part.detach()))


def together(batch, name):
    """A field of all targets."""
    return torch.from_numpy(np.stack([getattr(targets, name) for targets in batch]))


def overlaps(found, wanted):
    """Overlap in bird's eye of boxes given by the values of their planes `[n, 10]`, each pair in one cell."""
    return iou(*(boxes_of(values.T, 0, 0, FRONT) for values in (found, wanted))).astype(np.float32)
