"""Makes the networks of pillars of the tests: seeded random weights between what real ones have at both ends.

python make.py      needs numpy and onnx (models/tools/requirements.txt)

A pillar net is a linear layer, ReLU and the largest over the points that count; the answers are those of a 3x3
convolution over the grid. Numbers of heads are scaled and shifted so that some cells have an object, of a
sensible size, and many do not.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROWS, COLUMNS = 32, 48
CHANNELS = 6
F32, I32, I64 = TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT64


class Graph:
    """Nodes and constants of a network."""

    def __init__(self, name, seed):
        self.name, self.random = name, np.random.default_rng(seed)
        self.nodes, self.constants, self.inputs, self.outputs, self.numbered = [], [], [], [], 0

    def node(self, kind, inputs, output=None, **attributes):
        self.numbered += 1
        output = output or f"t{self.numbered}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, values):
        self.numbered += 1
        self.constants.append(numpy_helper.from_array(np.asarray(values), f"c{self.numbered}"))
        return f"c{self.numbered}"

    def weights(self, shape, scale):
        return self.random.normal(0.0, scale, shape).astype(np.float32)

    def save(self, path):
        info = helper.make_tensor_value_info
        graph = helper.make_graph(self.nodes, self.name, [info(*one) for one in self.inputs],
                                  [info(*one) for one in self.outputs], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="delos")
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, path)


def features(graph, points, size, layout, counts=None):
    """Features [P, CHANNELS] of each pillar; `size` is (points, numbers of a point)."""
    most, numbers = size
    if layout == "1CPN":  # [1, C, P, N] into [P, N, C]
        axes = graph.constant(np.array([0], np.int64))
        points = graph.node("Transpose", [graph.node("Squeeze", [points, axes])], perm=[1, 2, 0])
    scale = np.float32([0.05] * 3 + [1.0] + [0.5] * (numbers - 4))[:, None]
    weights = graph.constant(graph.weights((numbers, CHANNELS), 1.0) * scale)
    each = graph.node("Relu", [graph.node("MatMul", [points, weights])])
    if counts:
        row = graph.constant(np.arange(most, dtype=np.float32)[None, :])
        axes = graph.constant(np.array([1], np.int64))
        wide = graph.node("Unsqueeze", [graph.node("Cast", [counts], to=F32), axes])
        mask = graph.node("Cast", [graph.node("Less", [row, wide])], to=F32)
        last = graph.constant(np.array([2], np.int64))
        each = graph.node("Mul", [each, graph.node("Unsqueeze", [mask, last])])
    return graph.node("ReduceMax", [each], axes=[1], keepdims=0)


def scatter(graph, pillars, cells, order):
    """The grid [1, CHANNELS, ROWS, COLUMNS] with the pillars in their cells, whole numbers [P, len(order)]."""
    at = [graph.constant(np.array([order.index(axis)], np.int64)) for axis in "yx"]
    cells = graph.node("Cast", [cells], to=I64)
    y, x = (graph.node("Gather", [cells, place], axis=1) for place in at)
    place = graph.node("Add", [graph.node("Mul", [y, graph.constant(np.int64(COLUMNS))]), x])
    area = graph.constant(np.array([ROWS * COLUMNS, CHANNELS], np.int64))
    zeros = graph.node("ConstantOfShape", [area])
    flat = graph.node("ScatterND", [zeros, place, pillars])
    planes = graph.node("Transpose", [flat], perm=[1, 0])
    shape = graph.constant(np.array([1, CHANNELS, ROWS, COLUMNS], np.int64))
    return graph.node("Reshape", [planes, shape])


def head(graph, grid, name, planes, scale, shift, stride, last=False):
    """A convolution with `planes` outputs around `shift`; `last` puts the numbers of a cell next to each other."""
    weights = graph.constant(graph.weights((planes, CHANNELS, 3, 3), scale))
    bias = graph.constant(np.broadcast_to(np.float32(shift), (planes,)).copy())
    shape = [1, planes, ROWS // stride, COLUMNS // stride]
    out = graph.node("Conv", [grid, weights, bias], None if last else name, pads=[1] * 4, strides=[stride] * 2)
    if last:
        graph.node("Transpose", [out], name, perm=[0, 2, 3, 1])
        shape = [shape[0], shape[2], shape[3], shape[1]]
    graph.outputs.append((name, F32, shape))


def anchor_heads(graph, grid, classes, anchors, stride, last):
    head(graph, grid, "cls", classes * anchors, 0.5, -1.5, stride, last)
    head(graph, grid, "box", 7 * anchors, 0.05, 0.0, stride, last)
    head(graph, grid, "dir", 2 * anchors, 0.5, 0.0, stride, last)


def heat_heads(graph, grid, stride):
    """One head whose planes lie in one tensor with others, and one with tensors of its own."""
    sizes = [1.4, 0.6, 0.5]  # logarithms of 4.0, 1.8, 1.6
    first = [-1.5] * 2 + [0.5, 0.5, -1.0] + sizes + [0.1, 0.9, 0.0, 0.0]
    head(graph, grid, "all", len(first), 0.15, first, stride)
    for name, shift in dict(heat=[-1.5], offset=[0.5, 0.5], height=[-0.8], size=[-0.2, -0.4, 0.5],
                            turn=[0.1, 0.9]).items():
        head(graph, grid, name, len(shift), 0.15, shift, stride)


def inside_anchors():
    """All in one file, any number of pillars, int32 counts, int64 cells."""
    graph = Graph("anchors_inside", 1)
    graph.inputs = [("voxels", F32, ["P", 8, 4]), ("counts", I32, ["P"]), ("coords", I64, ["P", 4])]
    pillars = features(graph, "voxels", (8, 4), "PNC", "counts")
    anchor_heads(graph, scatter(graph, pillars, "coords", "bzyx"), 3, 4, 2, True)
    graph.save("anchors_inside.onnx")


def outside_anchors():
    """The pillar net, [1, C, P, N] to [P, 1, channels] for so many pillars, and the rest in files of their own."""
    first = Graph("anchors_outside_pillars", 2)
    first.inputs = [("features", F32, [1, 10, 300, 12])]
    axes = first.constant(np.array([1], np.int64))
    first.node("Unsqueeze", [features(first, "features", (12, 10), "1CPN"), axes], "pillars")
    first.outputs = [("pillars", F32, [300, 1, CHANNELS])]
    first.save("anchors_outside_pillars.onnx")
    second = Graph("anchors_outside", 3)
    second.inputs = [("grid", F32, [1, CHANNELS, ROWS, COLUMNS])]
    anchor_heads(second, "grid", 1, 2, 1, False)
    second.save("anchors_outside.onnx")


def inside_heats():
    """All in one file, a fixed number of pillars, int64 counts, int32 cells."""
    graph = Graph("heats_inside", 4)
    graph.inputs = [("voxels", F32, [400, 6, 5]), ("counts", I64, [400]), ("coords", I32, [400, 2])]
    pillars = features(graph, "voxels", (6, 5), "PNC", "counts")
    heat_heads(graph, scatter(graph, pillars, "coords", "yx"), 1)
    graph.save("heats_inside.onnx")


def outside_heats():
    """Pillar net and the rest, any number of pillars."""
    first = Graph("heats_outside_pillars", 5)
    first.inputs = [("voxels", F32, ["P", 6, 5]), ("counts", I32, ["P"])]
    axes = first.constant(np.array([-1], np.int64))
    flat = features(first, "voxels", (6, 5), "PNC", "counts")
    first.node("Squeeze", [first.node("Unsqueeze", [flat, axes]), axes], "pillars")
    first.outputs = [("pillars", F32, ["P", CHANNELS])]
    first.save("heats_outside_pillars.onnx")
    second = Graph("heats_outside", 6)
    second.inputs = [("grid", F32, [1, CHANNELS, ROWS, COLUMNS])]
    heat_heads(second, "grid", 2)
    second.save("heats_outside.onnx")


if __name__ == "__main__":
    import os
    os.chdir(Path(__file__).parent)
    inside_anchors()
    outside_anchors()
    inside_heats()
    outside_heats()
