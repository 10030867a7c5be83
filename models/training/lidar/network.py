"""The network: a convolutional backbone over the raster, two steps back up, one head for all classes."""

import torch
from torch import nn
from torch.nn.functional import interpolate
from torch.nn.utils.fusion import fuse_conv_bn_eval

from classes import CLASSES
from features import CHANNELS

# Planes of the output: heat of each class, quality, then the box.
HEAT = slice(0, len(CLASSES))
QUALITY = len(CLASSES)
BOX = slice(QUALITY + 1, QUALITY + 11)
PLANES = BOX.stop
# First guesses: nothing anywhere, boxes of a small car on the ground.
FIRST_HEAT = -4.6
FIRST_BOX = (0.0, 0.0, 0.8, 1.1, 0.4, 0.4, 0.0, 0.0, 0.0, 0.0)


class Conv(nn.Module):
    """Convolution 3x3, batch normalisation and, unless told otherwise, ReLU."""

    def __init__(self, into, out, stride=1, relu=True):
        super().__init__()
        self.conv = nn.Conv2d(into, out, 3, stride, 1, bias=False)
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
    """x + two convolutions of x."""

    def __init__(self, channels):
        super().__init__()
        self.first = Conv(channels, channels)
        self.second = Conv(channels, channels, relu=False)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(x + self.second(self.first(x)))


class Detector(nn.Module):
    """Features `[B, 22, H, W]`, H and W multiples of 8, to planes `[B, 15, H / 2, W / 2]`: heat of each class and
    quality (logits in training, 0..=1 for export), then the box."""

    def __init__(self, widths=(24, 48, 96, 128), neck=64):
        super().__init__()
        a, b, c, d = widths
        self.stem = Conv(CHANNELS, a)
        self.stage2 = nn.Sequential(Conv(a, b, 2), Residual(b))
        self.stage4 = nn.Sequential(Conv(b, c, 2), Residual(c))
        self.stage8 = nn.Sequential(Conv(c, d, 2), Residual(d))
        self.up8 = nn.Conv2d(d, c, 1)
        self.smooth = Conv(c, c)
        self.up4 = nn.Conv2d(c, neck, 1)
        self.side = nn.Conv2d(b, neck, 1)
        self.head = Conv(neck, neck)
        self.last = nn.Conv2d(neck, PLANES, 1)
        self.relu = nn.ReLU()
        self.begin()

    def begin(self):
        """Sets the first guesses of the head."""
        nn.init.normal_(self.last.weight, std=0.01)
        with torch.no_grad():
            self.last.bias[HEAT] = FIRST_HEAT
            self.last.bias[QUALITY] = 0.0
            self.last.bias[BOX] = torch.tensor(FIRST_BOX)

    def forward(self, x):
        x2 = self.stage2(self.stem(x))
        x4 = self.stage4(x2)
        x8 = self.stage8(x4)
        x4 = self.smooth(self.relu(x4 + interpolate(self.up8(x8), scale_factor=2.0)))
        x2 = self.relu(self.side(x2) + interpolate(self.up4(x4), scale_factor=2.0))
        return self.last(self.head(x2))


class Answer(nn.Module):
    """The last convolution in two parts: heat and quality as probabilities, boxes as they are."""

    def __init__(self, last):
        super().__init__()
        self.sure = part(last, slice(0, QUALITY + 1))
        self.box = part(last, BOX)

    def forward(self, x):
        return torch.cat([torch.sigmoid(self.sure(x)), self.box(x)], 1)


def part(conv, planes):
    """Some planes of a convolution 1x1."""
    weight, bias = conv.weight.detach()[planes], conv.bias.detach()[planes]
    some = nn.Conv2d(weight.shape[1], weight.shape[0], 1)
    some.load_state_dict({"weight": weight, "bias": bias})
    return some


def for_export(network):
    """The network with its normalisation folded, giving probabilities."""
    network = network.eval()
    for module in network.modules():
        if isinstance(module, Conv):
            module.fold()
    network.last = Answer(network.last)
    return network


def parameter_count(network):
    return sum(parameter.numel() for parameter in network.parameters())
