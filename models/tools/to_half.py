"""Makes a network in half precision out of one in single precision: weights, everything computed, and, unless asked
otherwise, input and output.

python to_half.py yolox_nano.onnx yolox_nano_f16.onnx [--tensors f32] [--as-if yolox_nano_as_if.onnx]

With `--tensors f32` input and output stay in single precision, with a conversion at each. What is left as it is: sizes,
scales of Resize and whatever else is not a number of the image. A weight that half precision cannot hold is an error.
Whether the network still finds the same boxes is another question: `half_check` of the repository answers it.

On a processor ONNX Runtime computes such a network in single precision, between conversions that it mostly leaves out.
So a network that passes there may still fail on a GPU. `--as-if` writes a third network, in single precision, that
rounds weights and the result of every operator to the 11 bits of half precision: it shows on a processor what storing
everything in half precision does.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, HALF = TensorProto.FLOAT, TensorProto.FLOAT16

# Inputs that an operator wants in single precision whatever the rest is: operator -> places.
ALWAYS_SINGLE = {"Resize": (1, 2), "Upsample": (1,)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("single", type=Path)
    parser.add_argument("half", type=Path)
    parser.add_argument("--tensors", choices=("f16", "f32"), default="f16", help="type of input and output")
    parser.add_argument("--as-if", type=Path, metavar="FILE", help="a network that rounds as half precision does")
    options = parser.parse_args()
    if options.as_if:
        model = round_everything(onnx.load(options.single))
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, options.as_if)
    model = onnx.load(options.single)
    converted = convert(model, keeps_tensors=options.tensors == "f32")
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, options.half)
    content = options.half.read_bytes()
    print(f"{options.half.name}: {converted} tensors of weights converted")
    print(f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nsize = {len(content)}')


def convert(model, keeps_tensors):
    """Converts a model in place; the number of tensors of weights converted."""
    graph = model.graph
    nested = [a.name for node in graph.node for a in node.attribute if a.type in (a.GRAPH, a.GRAPHS)]
    if nested:
        raise SystemExit(f"graphs within the graph are not converted: {', '.join(nested)}")
    single = names_in_single(graph)
    converted = convert_weights(graph, single)
    converted += convert_constants(graph, single)
    convert_casts(graph, single)
    del graph.value_info[:]
    for value in (*graph.input, *graph.output):
        if value.type.tensor_type.elem_type == FLOAT:
            value.type.tensor_type.elem_type = HALF
    if keeps_tensors:
        keep_tensors(graph)
    return converted


def names_in_single(graph):
    """Tensors that stay in single precision."""
    places = [(node, ALWAYS_SINGLE.get(node.op_type, ())) for node in graph.node]
    return {node.input[place] for node, own in places for place in own if place < len(node.input)} - {""}


def half_of(tensor):
    """A tensor of weights in half precision."""
    values = numpy_helper.to_array(tensor)
    with np.errstate(over="ignore"):
        half = values.astype(np.float16)
    if not np.isfinite(half[np.isfinite(values)]).all():
        raise SystemExit(f"`{tensor.name}` holds {np.abs(values).max():.3g}, half precision ends at 65504")
    return numpy_helper.from_array(half, tensor.name)


def convert_weights(graph, single):
    weights = [w for w in graph.initializer if w.data_type == FLOAT and w.name not in single]
    for tensor in weights:
        tensor.CopyFrom(half_of(tensor))
    return len(weights)


def convert_constants(graph, single):
    """Nodes that give a tensor written into them; those that give single numbers become such."""
    converted = 0
    for node in graph.node:
        if node.op_type not in ("Constant", "ConstantOfShape") or node.output[0] in single:
            continue
        for attribute in node.attribute:
            if attribute.name == "value" and attribute.t.data_type == FLOAT:
                attribute.t.CopyFrom(half_of(attribute.t))
                converted += 1
            elif attribute.name in ("value_float", "value_floats"):
                values = np.array(helper.get_attribute_value(attribute), np.float32)
                tensor = half_of(numpy_helper.from_array(values))
                attribute.CopyFrom(helper.make_attribute("value", tensor))
                converted += 1
    return converted


def convert_casts(graph, single):
    """Conversions to single precision become ones to half precision."""
    for node in graph.node:
        for attribute in node.attribute:
            is_cast = node.op_type == "Cast" and attribute.name == "to" and attribute.i == FLOAT
            if is_cast and node.output[0] not in single:
                attribute.i = HALF


def keep_tensors(graph):
    """Gives input and output back their type, with a conversion behind and before."""
    weights = {tensor.name for tensor in graph.initializer}
    first, last = [], []
    for value in [value for value in graph.input if value.name not in weights]:
        if value.type.tensor_type.elem_type == HALF:
            value.type.tensor_type.elem_type = FLOAT
            rename(graph, value.name, f"{value.name}_half", outputs=False)
            first.append(helper.make_node("Cast", [value.name], [f"{value.name}_half"], to=HALF))
    for value in graph.output:
        if value.type.tensor_type.elem_type == HALF:
            value.type.tensor_type.elem_type = FLOAT
            rename(graph, value.name, f"{value.name}_half", outputs=True)
            last.append(helper.make_node("Cast", [f"{value.name}_half"], [value.name], to=FLOAT))
    nodes = [*first, *graph.node, *last]
    del graph.node[:]
    graph.node.extend(nodes)


def round_everything(model):
    """The network with weights and results rounded to 11 bits, all in single precision."""
    graph = model.graph
    single = names_in_single(graph)
    for tensor in graph.initializer:
        if tensor.data_type == FLOAT and tensor.name not in single:
            rounded = numpy_helper.to_array(half_of(tensor)).astype(np.float32)
            tensor.CopyFrom(numpy_helper.from_array(rounded, tensor.name))
    factor = numpy_helper.from_array(np.array(2**13 + 1, np.float32), "rounding_factor")
    graph.initializer.append(factor)
    inferred = onnx.shape_inference.infer_shapes(model).graph.value_info
    types = {value.name: value.type.tensor_type.elem_type for value in inferred}
    outputs = {value.name for value in graph.output}
    nodes = []
    for node in graph.node:
        nodes.append(node)
        for place, name in enumerate(node.output):
            is_number = types.get(name, FLOAT if name in outputs else None) == FLOAT
            if is_number and node.op_type != "Constant" and name not in single:
                node.output[place] = f"{name}_exact"
                nodes.extend(rounding(f"{name}_exact", name))
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]
    return model


def rounding(exact, rounded):
    """Nodes that keep the upper 11 of 24 bits (Veltkamp 1968; Dekker 1971, eq. 5.5): y - (y - x), y = (2^13 + 1) x."""
    large, rest = f"{exact}_large", f"{exact}_rest"
    return [
        helper.make_node("Mul", [exact, "rounding_factor"], [large]),
        helper.make_node("Sub", [large, exact], [rest]),
        helper.make_node("Sub", [large, rest], [rounded]),
    ]


def rename(graph, old, new, outputs):
    """Renames a tensor wherever nodes take it, and where one gives it."""
    for node in graph.node:
        for names in (node.input, node.output) if outputs else (node.input,):
            for place, name in enumerate(names):
                if name == old:
                    names[place] = new


if __name__ == "__main__":
    main()
