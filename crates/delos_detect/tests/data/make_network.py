"""Writes the network of the detector's tests (pip install onnx numpy).

It takes images of 64x32 and looks at nothing but their mean: every one of the 42 rows of its YOLOX output
is zero but row 5 (cell (5, 0) of stride 8), whose objectness is the mean of the input divided by 255.
"""

from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent

places = numpy.zeros((1, 42, 6), numpy.float32)
places[0, 5] = [0.5, 0.5, 0.0, 0.0, 0.0, 0.9]
objectness = numpy.zeros((1, 42, 6), numpy.float32)
objectness[0, 5, 4] = 1 / 255

graph = helper.make_graph(
    [
        helper.make_node("ReduceMean", ["images"], ["mean"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Squeeze", ["mean", "axis"], ["level"]),
        helper.make_node("Mul", ["objectness", "level"], ["scaled"]),
        helper.make_node("Add", ["places", "scaled"], ["output"]),
    ],
    "brightness",
    [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, "h", "w"])],
    [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, "n", 6])],
    [
        numpy_helper.from_array(places, "places"),
        numpy_helper.from_array(objectness, "objectness"),
        numpy_helper.from_array(numpy.array([3], numpy.int64), "axis"),
    ],
)
opset = [helper.make_opsetid("", 13)]
model = helper.make_model(graph, producer_name="delos", opset_imports=opset, ir_version=8)
onnx.checker.check_model(model)
onnx.save(model, HERE / "brightness.onnx")
