"""Writes the tiny networks of the session tests (pip install onnx)."""

from pathlib import Path

import onnx
from onnx import TensorProto, helper

HERE = Path(__file__).parent


def tensor(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def save(name, nodes, inputs, outputs):
    graph = helper.make_graph(nodes, name, inputs, outputs)
    opset = [helper.make_opsetid("", 13)]
    model = helper.make_model(graph, producer_name="delos", opset_imports=opset, ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


# values [n, 3, w] -> largest [n, w] over the middle dimension, and its place as int64.
save(
    "largest",
    [
        helper.make_node("ReduceMax", ["values"], ["largest"], axes=[1], keepdims=0),
        helper.make_node("ArgMax", ["values"], ["place"], axis=1, keepdims=0),
    ],
    [tensor("values", ["n", 3, "w"])],
    [tensor("largest", ["n", "w"]), tensor("place", ["n", "w"], TensorProto.INT64)],
)
