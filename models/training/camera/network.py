"""The network: a small convolutional backbone, a top-down neck and one head for the strides 8, 16 and 32."""

import torch
from torch import nn
from torch.nn.functional import interpolate
from torch.nn.utils.fusion import fuse_conv_bn_eval

from classes import CLASSES

STRIDES = (8, 16, 32)
NECK = 64
TOWER = 48
# A cell's first guess: the middle of the cell, four strides in size, rarely an object.
FIRST_LOG_SIZE = 1.4
FIRST_OBJECTNESS = -4.6


class Conv(nn.Module):
    """Convolution, batch normalisation and, unless told otherwise, ReLU."""

    def __init__(self, into, out, kernel=3, stride=1, relu=True):
        super().__init__()
        self.conv = nn.Conv2d(into, out, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(out, eps=1e-3, momentum=0.03)
        self.relu = nn.ReLU() if relu else nn.Identity()
        nn.init.kaiming_normal_(self.conv.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        return self.relu(self.norm(self.conv(x)))

    def fold(self):
        """Puts the normalisation into the convolution; for export, once, in eval mode."""
        self.conv = fuse_conv_bn_eval(self.conv, self.norm)
        self.norm = nn.Identity()


class Residual(nn.Module):
    """x + two convolutions of x, the first with `hidden` channels."""

    def __init__(self, channels, hidden):
        super().__init__()
        self.first = Conv(channels, hidden)
        self.second = Conv(hidden, channels, relu=False)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(x + self.second(self.first(x)))


class Split(nn.Module):
    """A cross-stage partial block: half the channels pass `count` residual blocks, every
    intermediate result counts in the end (after C2f of YOLOv8)."""

    def __init__(self, channels, count):
        super().__init__()
        half = channels // 2
        self.pass_by = Conv(channels, half, 1)
        self.go_in = Conv(channels, half, 1)
        self.blocks = nn.ModuleList(Residual(half, half) for _ in range(count))
        self.mix = Conv(half * (count + 2), channels, 1)

    def forward(self, x):
        parts = [self.pass_by(x), self.go_in(x)]
        for block in self.blocks:
            parts.append(block(parts[-1]))
        return self.mix(torch.cat(parts, 1))


class Tower(nn.Module):
    """One convolution for the maps of all strides. They are normalised together: with statistics of
    their own in training and common ones afterwards, boxes came out a sixth too large."""

    def __init__(self, into, out):
        super().__init__()
        self.layer = Conv(into, out)

    def forward(self, maps):
        found = [self.layer.conv(x) for x in maps]
        if isinstance(self.layer.norm, nn.Identity):
            return [torch.relu(x) for x in found]
        cells = [x.flatten(2).unsqueeze(-1) for x in found]
        together = torch.relu(self.layer.norm(torch.cat(cells, 2)))
        parts = together.split([x.shape[2] for x in cells], 2)
        return [part.reshape(x.shape) for part, x in zip(parts, found)]


class Detector(nn.Module):
    """Images `[B, 3, H, W]` (BGR, 0..=255) to raw rows `[B, N, 5 + classes]`, N the cells of the
    strides 8, 16, 32 one after the other, each row by row: centre in the cell and log size in
    strides, then objectness and classes (logits in training, probabilities for export)."""

    def __init__(self, widths=(16, 32, 64, 80, 96)):
        super().__init__()
        a, b, c, d, e = widths
        self.stem = nn.Sequential(Conv(3, a, 3, 2), Conv(a, b, 3, 2), Residual(b, b // 2))
        self.stage8 = nn.Sequential(Conv(b, c, 3, 2), Split(c, 2))
        self.stage16 = nn.Sequential(Conv(c, d, 3, 2), Split(d, 1))
        self.stage32 = nn.Sequential(Conv(d, e, 3, 2), Split(e, 1))
        self.lateral = nn.ModuleList(Conv(width, NECK, 1, relu=False) for width in (c, d, e))
        self.smooth = nn.ModuleList(Conv(NECK, NECK) for _ in range(2))
        self.box_tower = Tower(NECK, TOWER)
        self.class_tower = Tower(NECK, TOWER)
        self.boxes = nn.ModuleList(nn.Conv2d(TOWER, 5, 1) for _ in STRIDES)
        self.classes = nn.ModuleList(nn.Conv2d(TOWER, len(CLASSES), 1) for _ in STRIDES)
        self.probabilities = False
        self.begin()

    def begin(self):
        """Sets the first guesses of the head."""
        for boxes, classes in zip(self.boxes, self.classes):
            nn.init.normal_(boxes.weight, std=0.01)
            nn.init.normal_(classes.weight, std=0.01)
            first = [0.5, 0.5, FIRST_LOG_SIZE, FIRST_LOG_SIZE, FIRST_OBJECTNESS]
            boxes.bias.data = torch.tensor(first)
            nn.init.constant_(classes.bias, -1.5)

    def features(self, x):
        """The neck's maps of the strides 8, 16 and 32."""
        x8 = self.stage8(self.stem(x))
        x16 = self.stage16(x8)
        x32 = self.stage32(x16)
        low, middle, high = (side(x) for side, x in zip(self.lateral, (x8, x16, x32)))
        high = torch.relu(high)
        middle = self.smooth[1](torch.relu(middle + interpolate(high, scale_factor=2.0)))
        low = self.smooth[0](torch.relu(low + interpolate(middle, scale_factor=2.0)))
        return low, middle, high

    def rows(self, boxes, classes):
        """Rows of one feature map, `[B, 5 + classes, cells]`."""
        if self.probabilities:
            boxes = torch.cat([boxes[:, :4], torch.sigmoid(boxes[:, 4:])], 1)
            classes = torch.sigmoid(classes)
        rows = torch.cat([boxes, classes], 1)
        return rows.reshape(rows.shape[0], 5 + len(CLASSES), -1)

    def forward(self, x):
        # Grey levels come as they are; one fixed factor brings them near 1.
        maps = self.features(x * (1.0 / 64.0) - 1.8)
        boxes = [last(x) for last, x in zip(self.boxes, self.box_tower(maps))]
        classes = [last(x) for last, x in zip(self.classes, self.class_tower(maps))]
        rows = torch.cat([self.rows(*pair) for pair in zip(boxes, classes)], 2)
        return rows.transpose(1, 2)


def for_export(network):
    """The network with its normalisation folded, giving probabilities."""
    network = network.eval()
    for module in network.modules():
        if isinstance(module, Conv):
            module.fold()
    network.probabilities = True
    return network


def parameter_count(network):
    return sum(parameter.numel() for parameter in network.parameters())
