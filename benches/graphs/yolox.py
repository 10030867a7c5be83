"""YOLOX (Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv:2107.08430): a CSPDarknet with a focus layer and
spatial pyramid pooling, a path aggregation network and heads that are apart for class, box and objectness. Facts of
the layers after the authors' repository (Megvii-BaseDetection/YOLOX, Apache-2.0, `yolox/models`)."""

import numpy

from net import Net

CLASSES = 80
# A real network finds few objects: this shift of objectness leaves about as many candidates in a picture.
OBJECTNESS = -2.25
# Brings the last layer's answers to a spread of about 1.
LOGITS = 0.25


def bottleneck(net: Net, x: str, channels: int, shortcut: bool) -> str:
    # What is added to something is made smaller, so that the sum grows little.
    y = net.conv(net.conv(x, (channels, channels)), (channels, channels), 3, gain=0.5 if shortcut else 1.0)
    return net.node("Add", [x, y]) if shortcut else y


def csp(net: Net, x: str, channels: tuple[int, int], depth: int, shortcut: bool = True) -> str:
    """Two halves of the channels, one through `depth` bottlenecks."""
    given, made = channels
    long, short = net.conv(x, (given, made // 2)), net.conv(x, (given, made // 2))
    for _ in range(depth):
        long = bottleneck(net, long, made // 2, shortcut)
    return net.conv(net.concat([long, short]), (made, made))


def focus(net: Net, x: str, made: int) -> str:
    """Every second pixel of each row and column: four pictures of half the size, then a convolution."""
    parts = []
    for start in [(0, 0), (1, 0), (0, 1), (1, 1)]:
        inputs = [x, net.whole(*start), net.whole(2**31 - 1, 2**31 - 1), net.whole(2, 3), net.whole(2, 2)]
        parts.append(net.node("Slice", inputs))
    # Grey levels 0 to 255 come in, about 140 their root of the mean square; numbers around 4 go on.
    return net.conv(net.concat(parts), (12, made), 3, after=None, gain=4 / 140)


def pooling(net: Net, x: str, channels: int) -> str:
    x = net.conv(x, (channels, channels // 2))
    pools = [net.node("MaxPool", [x], kernel_shape=[k] * 2, strides=[1, 1], pads=[k // 2] * 4) for k in (5, 9, 13)]
    return net.conv(net.concat([x, *pools]), (channels * 2, channels))


def backbone(net: Net, x: str, width: int, depth: int) -> list[str]:
    """Three levels, strides 8, 16 and 32."""
    x = focus(net, x, width)
    levels = []
    for stage, repeats in enumerate([depth, 3 * depth, 3 * depth]):
        given, made = width << stage, width << (stage + 1)
        x = csp(net, net.conv(x, (given, made), 3, 2), (made, made), repeats)
        levels.append(x)
    top = width << 4
    x = pooling(net, net.conv(x, (top // 2, top), 3, 2), top)
    return [*levels[1:], csp(net, x, (top, top), depth, shortcut=False)]


def twice(net: Net, x: str) -> str:
    scales = net.constant("scales", numpy.array([1, 1, 2, 2], numpy.float32))
    return net.node("Resize", [x, "", scales], mode="nearest", coordinate_transformation_mode="asymmetric",
                    nearest_mode="floor")


def neck(net: Net, levels: list[str], channels: list[int], depth: int) -> list[str]:
    """Down from the coarse level to the fine one, and up again."""
    fine, middle, coarse = levels
    a, b, c = channels
    top = net.conv(coarse, (c, b))
    joined = csp(net, net.concat([twice(net, top), middle]), (2 * b, b), depth, shortcut=False)
    side = net.conv(joined, (b, a))
    low = csp(net, net.concat([twice(net, side), fine]), (2 * a, a), depth, shortcut=False)
    up = net.concat([net.conv(low, (a, a), 3, 2), side])
    mid = csp(net, up, (2 * a, b), depth, shortcut=False)
    up = net.concat([net.conv(mid, (b, b), 3, 2), top])
    return [low, mid, csp(net, up, (2 * b, c), depth, shortcut=False)]


def head(net: Net, x: str, given: int, inner: int) -> str:
    """Rows of one level: `[n, 5 + classes, h, w]`: box, objectness, classes."""
    x = net.conv(x, (given, inner))
    classes = boxes = x
    for _ in range(2):
        classes = net.conv(classes, (inner, inner), 3)
    for _ in range(2):
        boxes = net.conv(boxes, (inner, inner), 3)
    classes = net.conv(classes, (inner, CLASSES), act=None, after="silu", gain=LOGITS)
    box = net.conv(boxes, (inner, 4), act=None, after="silu", gain=LOGITS)
    there = net.conv(boxes, (inner, 1), act=None, after="silu", gain=LOGITS, bias=OBJECTNESS)
    return net.concat([box, net.node("Sigmoid", [there]), net.node("Sigmoid", [classes])])


def yolox_s(name: str, seed: int, half: bool, size: int = 640) -> Net:
    """Depth 0.33, width 0.50: `images` `[n, 3, size, size]` to `output` `[n, rows, 85]`, boxes not yet decoded."""
    net = Net(name, seed, half)
    width, depth = 32, 1
    x = net.input("images", ["n", 3, size, size])
    channels = [width << level for level in (2, 3, 4)]
    levels = neck(net, backbone(net, x, width, depth), channels, depth)
    rows = []
    for level, given in zip(levels, channels):
        answer = head(net, level, given, 4 * width)
        rows.append(net.node("Reshape", [answer, net.whole(0, 5 + CLASSES, -1)]))
    count = sum((size // stride) ** 2 for stride in (8, 16, 32))
    net.output(net.node("Transpose", [net.concat(rows, 2)], perm=[0, 2, 1]), "output", ["n", count, 5 + CLASSES])
    return net
