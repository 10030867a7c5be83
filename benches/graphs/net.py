"""A network that is written down layer by layer, as ONNX nodes in the order of their work."""

import math

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

from weights import balanced, random

OPSET = 17
# What is left of the mean square behind an activation: relu(x) keeps half (He et al., ICCV 2015, section 2.2), and so does
# silu(x) for large x. Weights that make up for it keep numbers in range at any depth and do not blow up differences, so
# that rounding to f16 stays small.
LEFT = {"silu": 0.5, "relu": 0.5, None: 1.0}


class Net:
    """Collects nodes and weights; tensors go by their names. `half` computes in f16, with f32 at both ends."""

    def __init__(self, name: str, seed: int, half: bool):
        self.name, self.seed, self.half = name, seed, half
        self.nodes, self.values, self.inputs, self.outputs = [], [], [], []
        self.parameters = self.layers = 0

    @property
    def element(self) -> int:
        return TensorProto.FLOAT16 if self.half else TensorProto.FLOAT

    def node(self, kind: str, inputs: list[str], count: int = 1, **attributes) -> str | list[str]:
        """Adds a node; its outputs are named after its place."""
        place = f"{kind}_{len(self.nodes)}"
        names = [place if count == 1 else f"{place}_{i}" for i in range(count)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=place, **attributes))
        return names[0] if count == 1 else names

    def constant(self, name: str, values) -> str:
        if name not in (value.name for value in self.values):
            self.values.append(numpy_helper.from_array(values, name))
        return name

    def whole(self, *numbers: int) -> str:
        name = "whole_" + "_".join(str(number) for number in numbers)
        return self.constant(name, numpy.array(numbers, numpy.int64))

    def layer(self) -> int:
        """Number of the next layer: the same in f32 and f16, whose nodes differ."""
        self.layers += 1
        return self.layers

    def learned(self, name: str, shape: tuple[int, ...], spread: float, mean: float = 0.0, draw=random) -> str:
        """A parameter that a training would have found."""
        values = draw(self.seed, f"{self.name}/{name}", shape, spread) + mean
        self.parameters += math.prod(shape)
        return self.constant(name, values.astype(numpy.float16 if self.half else numpy.float32))

    def input(self, name: str, shape: list[int | str], element: int = TensorProto.FLOAT) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, element, shape))
        is_number = element == TensorProto.FLOAT
        return self.node("Cast", [name], to=self.element) if self.half and is_number else name

    def output(self, tensor: str, name: str, shape: list[int | str]) -> None:
        """Names a tensor as an answer, f32."""
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        kind, attributes = ("Cast", {"to": TensorProto.FLOAT}) if self.half else ("Identity", {})
        self.nodes.append(helper.make_node(kind, [tensor], [name], name=name, **attributes))

    def activate(self, x: str, kind: str | None) -> str:
        if kind == "relu":
            return self.node("Relu", [x])
        return self.node("Mul", [x, self.node("Sigmoid", [x])]) if kind == "silu" else x

    def conv(self, x: str, channels: tuple[int, int], kernel: int = 1, stride: int = 1, act: str | None = "silu",
             after: str | None = "same", gain: float = 1.0, bias: float = 0.0) -> str:
        """A convolution with its batch normalisation folded in, and what follows it. `after` is the activation that
        its input has gone through; weights keep the variance before activations at 1."""
        (given, made), place = channels, self.layer()
        after = act if after == "same" else after
        spread = gain / math.sqrt(given * kernel * kernel * LEFT[after])
        weight = self.learned(f"conv_{place}.weight", (made, given, kernel, kernel), spread,
                              draw=random if act else balanced)
        shift = self.learned(f"conv_{place}.bias", (made,), 0.05, bias)
        pad = (kernel - 1) // 2
        y = self.node("Conv", [x, weight, shift], kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4)
        return self.activate(y, act)

    def deconv(self, x: str, channels: tuple[int, int], stride: int, act: str = "relu") -> str:
        """A transposed convolution whose kernel is its stride."""
        place = self.layer()
        spread = 1 / math.sqrt(channels[0] * LEFT[act])
        weight = self.learned(f"deconv_{place}.weight", (*channels, stride, stride), spread)
        shift = self.learned(f"deconv_{place}.bias", (channels[1],), 0.05)
        y = self.node("ConvTranspose", [x, weight, shift], kernel_shape=[stride] * 2, strides=[stride] * 2)
        return self.activate(y, act)

    def concat(self, tensors: list[str], axis: int = 1) -> str:
        return self.node("Concat", tensors, axis=axis)

    def model(self) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.values)
        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opset, producer_name="delos", ir_version=8)
        model.doc_string = "latency only: random weights"
        onnx.checker.check_model(model, full_check=True)
        return model
