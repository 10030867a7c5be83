"""Writes the two matrix products that `delos bench` measures a machine's arithmetic with: python make_networks.py"""

import onnx
from onnx import TensorProto, helper

for name, element in (("product", TensorProto.FLOAT), ("product_f16", TensorProto.FLOAT16)):
    tensors = {t: helper.make_tensor_value_info(t, element, [*sizes]) for t, sizes in (("a", "mk"), ("b", "kn"), ("c", "mn"))}
    node = helper.make_node("MatMul", ["a", "b"], ["c"])
    graph = helper.make_graph([node], name, [tensors["a"], tensors["b"]], [tensors["c"]])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, f"{name}.onnx")
