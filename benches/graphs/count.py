"""Operations of a graph, counted from its shapes: two for each product and sum of a convolution or matrix product."""

import math

import onnx
from onnx import shape_inference


def shapes_of(model: onnx.ModelProto) -> dict[str, list[int]]:
    graph = shape_inference.infer_shapes(model, strict_mode=True).graph
    # A side that is free, the number of images, counts as one.
    known = {value.name: list(value.dims) for value in graph.initializer}
    for value in [*graph.input, *graph.output, *graph.value_info]:
        known[value.name] = [side.dim_value or 1 for side in value.type.tensor_type.shape.dim]
    return known


def operations(model: onnx.ModelProto) -> int:
    shapes, total = shapes_of(model), 0
    for node in model.graph.node:
        if node.op_type == "Conv":
            # Each output takes every weight of its channel.
            total += 2 * math.prod(shapes[node.output[0]]) * math.prod(shapes[node.input[1]][1:])
        elif node.op_type == "ConvTranspose":
            # Each input goes through every weight of its channel.
            total += 2 * math.prod(shapes[node.input[0]]) * math.prod(shapes[node.input[1]][1:])
        elif node.op_type == "MatMul":
            total += 2 * math.prod(shapes[node.output[0]]) * shapes[node.input[1]][0]
    return total
