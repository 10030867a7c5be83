"""Makes the networks of the tests: rows as YOLOX gives them, out of patches of 8x8 pixels and seeded random weights.

python make.py      needs numpy and onnx (models/tools/requirements.txt)
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CLASSES = 4
PATCH = 8


def network(kind):
    """`images` [n, 3, h, w] of grey levels to `output` [n, h / 8 * w / 8, 5 + CLASSES]."""
    number = np.float32 if kind == TensorProto.FLOAT else np.float16
    random = np.random.default_rng(8)
    weights = random.normal(0.0, 1.0, (5 + CLASSES, 3, PATCH, PATCH)) * 0.5 / (255 * PATCH)
    # Grey images give numbers around zero, so that about half the rows reach any threshold in the middle.
    bias = -weights.sum(axis=(1, 2, 3)) * 127.5
    tensors = {
        "weights": weights.astype(number), "bias": bias.astype(number),
        "parts": np.array([4, 1 + CLASSES], np.int64), "rows": np.array([0, 5 + CLASSES, -1], np.int64),
    }
    nodes = [
        helper.make_node("Conv", ["images", "weights", "bias"], ["patches"], strides=[PATCH, PATCH]),
        helper.make_node("Split", ["patches", "parts"], ["boxes", "logits"], axis=1),
        helper.make_node("Sigmoid", ["logits"], ["scores"]),
        helper.make_node("Concat", ["boxes", "scores"], ["both"], axis=1),
        helper.make_node("Reshape", ["both", "rows"], ["columns"]),
        helper.make_node("Transpose", ["columns"], ["output"], perm=[0, 2, 1]),
    ]
    graph = helper.make_graph(
        nodes, "patches",
        [helper.make_tensor_value_info("images", kind, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("output", kind, ["n", "rows", 5 + CLASSES])],
        [numpy_helper.from_array(values, name) for name, values in tensors.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="delos")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    folder = Path(__file__).parent
    onnx.save(network(TensorProto.FLOAT), folder / "patches.onnx")
    onnx.save(network(TensorProto.FLOAT16), folder / "patches_f16.onnx")


if __name__ == "__main__":
    main()
