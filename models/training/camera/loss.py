"""Which cell answers for which object, and what a wrong answer costs.

The assignment is SimOTA and the loss that of YOLOX (Ge et al. 2021, "YOLOX: Exceeding YOLO Series in 2021",
section 2), with GIoU (Rezatofighi et al. 2019) in place of IoU for the boxes.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid, one_hot

from network import STRIDES

# SimOTA: cells within this many strides of the centre are candidates, at most so many per object.
CENTRE_RADIUS, MOST_CELLS = 2.5, 10
IOU_COST, FAR_COST, IMPOSSIBLE = 3.0, 1e5, 1e9
BOX_WEIGHT = 5.0


@dataclass
class Cells:
    """Every cell of the three maps: its grid position `[A, 2]`, stride `[A, 1]` and centre in pixels `[A, 2]`."""

    grid: torch.Tensor
    stride: torch.Tensor
    centre: torch.Tensor

    @staticmethod
    def of(width, height):
        grids, strides = [], []
        for stride in STRIDES:
            y, x = torch.meshgrid(torch.arange(height // stride), torch.arange(width // stride), indexing="ij")
            grids.append(torch.stack([x, y], -1).reshape(-1, 2).float())
            strides.append(torch.full((len(grids[-1]), 1), float(stride)))
        grid, stride = torch.cat(grids), torch.cat(strides)
        return Cells(grid, stride, (grid + 0.5) * stride)

    def boxes(self, rows):
        """Corners in pixels `[.., A, 4]` of raw rows."""
        centre = (rows[..., :2] + self.grid) * self.stride
        half = rows[..., 2:4].clamp(max=6.0).exp() * self.stride / 2
        return torch.cat([centre - half, centre + half], -1)


def overlap(a, b):
    """IoU and the smallest box around both, of boxes that broadcast."""
    corner = torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])
    shared = corner.clamp(min=0).prod(-1)
    union = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - shared
    around = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1)
    return shared / union.clamp(min=1e-6), union, around.clamp(min=1e-6)


def giou(a, b):
    iou, union, around = overlap(a, b)
    return iou - (around - union) / around


def flat(objects):
    """The objects of all images in one list, with the number of their image."""
    image = torch.cat([torch.full((len(rows),), number) for number, rows in enumerate(objects)])
    return image, torch.cat(objects)


@torch.no_grad()
def assign(rows, boxes, objects, cells):
    """SimOTA: pairs (image, cell, object's number in the flat list), each cell at most once."""
    image, flat_objects = flat(objects)
    if len(flat_objects) == 0:
        return None
    cost, iou = costs(rows, boxes, image, flat_objects, cells)
    count = iou.topk(MOST_CELLS, 1).values.sum(1).int().clamp(min=1)
    best = cost.topk(MOST_CELLS, 1, largest=False)
    taken = (torch.arange(MOST_CELLS) < count[:, None]) & (best.values < IMPOSSIBLE / 2)
    number, rank = taken.nonzero(as_tuple=True)
    return cheapest(image[number], best.indices[number, rank], number, best.values[number, rank], len(cells.grid))


def costs(rows, boxes, image, objects, cells):
    """Cost and IoU of every object with every cell of its image, `[P, A]`."""
    target, classes = objects[:, None, 1:], objects[:, 0].long()
    near, inside_both = geometry(target, cells)
    iou = overlap(boxes[image], target)[0] * near
    # The class score is the root of objectness times class probability, in logarithms.
    log_score = (logsigmoid(rows[..., 4:5]) + logsigmoid(rows[..., 5:])) / 2
    log_rest = torch.log1p(-log_score.exp().clamp(max=1 - 1e-6))
    own = (log_score - log_rest)[image, :, classes]
    class_cost = -(own + log_rest.sum(-1)[image])
    cost = class_cost - IOU_COST * (iou + 1e-8).log() + FAR_COST * ~inside_both
    return torch.where(near, cost, IMPOSSIBLE), iou


def geometry(target, cells):
    """Whether a cell's centre lies in the object or near its centre, and whether both, `[P, A]`."""
    centre = cells.centre
    in_box = ((centre > target[..., :2]) & (centre < target[..., 2:])).all(-1)
    middle = (target[..., :2] + target[..., 2:]) / 2
    in_centre = ((centre - middle).abs() < CENTRE_RADIUS * cells.stride).all(-1)
    return in_box | in_centre, in_box & in_centre


def cheapest(image, cell, number, cost, cell_count):
    """Of several objects for one cell the cheapest, the first among equals."""
    key = (image * cell_count + cell).numpy()
    order = np.lexsort((number.numpy(), cost.numpy(), key))
    _, first = np.unique(key[order], return_index=True)
    kept = torch.from_numpy(order[first])
    return image[kept], cell[kept], number[kept]


def ignored_cells(ignored, cells):
    """Cells whose centre lies in a region that counts neither way, `[B, A]`."""
    out = torch.zeros((len(ignored), len(cells.grid)), dtype=torch.bool)
    for number, regions in enumerate(ignored):
        if len(regions):
            reach = cells.stride / 2
            low, high = regions[:, None, :2] - reach, regions[:, None, 2:] + reach
            out[number] = ((cells.centre > low) & (cells.centre < high)).all(-1).any(0)
    return out


def loss(rows, objects, ignored, cells):
    """Loss of raw rows `[B, A, 5 + classes]`; also its three parts as numbers, for the log."""
    boxes = cells.boxes(rows)
    objectness = torch.zeros(rows.shape[:2])
    weight = (~ignored_cells(ignored, cells)).float()
    pairs = assign(rows.detach(), boxes.detach(), objects, cells)
    box_loss = class_loss = rows.sum() * 0.0
    count = 1
    if pairs is not None:
        image, cell, number = pairs
        found, target = boxes[image, cell], flat(objects)[1][number]
        count = max(len(image), 1)
        objectness[image, cell], weight[image, cell] = 1.0, 1.0
        box_loss = (1.0 - giou(found, target[:, 1:])).sum()
        iou = overlap(found, target[:, 1:])[0].detach()[:, None]
        wanted = one_hot(target[:, 0].long(), rows.shape[-1] - 5) * iou
        class_loss = binary_cross_entropy_with_logits(rows[image, cell, 5:], wanted, reduction="sum")
    object_loss = binary_cross_entropy_with_logits(rows[..., 4], objectness, weight, reduction="sum")
    parts = [BOX_WEIGHT * box_loss / count, object_loss / count, class_loss / count]
    return sum(parts), [float(part.detach()) for part in parts]
