"""PointPillars (Lang et al., CVPR 2019, arXiv:1812.05784) at KITTI's full size: a pillar feature net, scatter onto the
grid, a backbone of three blocks, transposed convolutions and heads of anchors. Facts of the layers after OpenPCDet
(open-mmlab/OpenPCDet, Apache-2.0, `tools/cfgs/kitti_models/pointpillar.yaml`); pillars and points a scan after the
paper, section 3 and 4.1."""

import numpy
from onnx import TensorProto, numpy_helper

from net import Net

PILLARS, POINTS, FEATURES, CHANNELS = 12_000, 32, 10, 64
COLUMNS, ROWS = 432, 496
# Three classes, two yaws each.
ANCHORS, CLASSES, BOX, BINS = 6, 3, 7, 2
# Leaves few candidates, as a trained network does.
SCORE = -5.5


def feature_net(net: Net, points: str) -> str:
    """`[P, N, C]` to `[P, 64]`: a layer for each point, then the greatest of each pillar."""
    # Metres up to 70 come in; most numbers are differences below a metre.
    weight = net.learned("pillars.weight", (FEATURES, CHANNELS), 0.02)
    shift = net.learned("pillars.bias", (CHANNELS,), 0.3)
    x = net.node("Relu", [net.node("Add", [net.node("MatMul", [points, weight]), shift])])
    return net.node("ReduceMax", [x], axes=[1], keepdims=0)


def scatter(net: Net, features: str, cells: str) -> str:
    """Pillars at their cells (row, column) of a grid of zeros: `[1, 64, rows, columns]`."""
    kind = numpy.float16 if net.half else numpy.float32
    zero = numpy_helper.from_array(numpy.zeros(1, kind))
    grid = net.node("ConstantOfShape", [net.whole(ROWS, COLUMNS, CHANNELS)], value=zero)
    grid = net.node("ScatterND", [grid, cells, features])
    return net.node("Unsqueeze", [net.node("Transpose", [grid], perm=[2, 0, 1]), net.whole(0)])


def backbone(net: Net, x: str) -> str:
    """Blocks of 1 + 3, 1 + 5 and 1 + 5 convolutions, each brought to the first one's size."""
    given, levels = CHANNELS, []
    for block, (repeats, made) in enumerate([(3, 64), (5, 128), (5, 256)]):
        x = net.conv(x, (given, made), 3, 2, act="relu")
        for _ in range(repeats):
            x = net.conv(x, (made, made), 3, act="relu")
        levels.append(net.deconv(x, (made, 128), 1 << block))
        given = made
    return net.concat(levels)


def pointpillars(name: str, seed: int, half: bool) -> Net:
    """`voxels` `[P, N, 10]` and `coords` `[P, 2]` to `cls`, `box` and `dir` `[1, 248, 216, numbers]`."""
    net = Net(name, seed, half)
    points = net.input("voxels", [PILLARS, POINTS, FEATURES])
    cells = net.input("coords", [PILLARS, 2], TensorProto.INT64)
    x = backbone(net, scatter(net, feature_net(net, points), cells))
    for answer, numbers, bias in [("cls", CLASSES, SCORE), ("box", BOX, 0.0), ("dir", BINS, 0.0)]:
        gain = 0.1 if answer == "box" else 1.0
        y = net.conv(x, (3 * 128, ANCHORS * numbers), act=None, after="relu", gain=gain, bias=bias)
        shape = [1, ROWS // 2, COLUMNS // 2, ANCHORS * numbers]
        net.output(net.node("Transpose", [y], perm=[0, 2, 3, 1]), answer, shape)
    return net
