"""Writes the trained network as ONNX, in single and half precision, and holds it against PyTorch on simulated scans.

python export.py --program ../../../target/release/delos --out FOLDER_OF_TRAINING --onnx ../../delos_lidar.onnx
"""

import argparse
import copy
import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from features import CHANNELS, FRONT, FULL_TURN, raster
from network import Detector, for_export
from scans import VALIDATION_SEED, some_scans

OPSET = 17
TOLERANCE = 1e-4
PROBES = 4


def write_onnx(network, path):
    """Exports a network; batch 1, any height and width in steps of 8."""
    example = torch.zeros(1, CHANNELS, 64, 64)
    free = {"features": {2: "height", 3: "width"}, "output": {2: "rows", 3: "columns"}}
    torch.onnx.export(
        for_export(copy.deepcopy(network)).to(memory_format=torch.contiguous_format), (example,), str(path),
        dynamo=False, opset_version=OPSET, input_names=["features"], output_names=["output"], dynamic_axes=free,
    )
    save(onnx.load(path), path)


def save(model, path):
    model.producer_name, model.producer_version = "delos", ""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def write_half(path, half_path):
    """The same network with weights, sums and tensors in half precision; input and output too."""
    model = onnx.load(path)
    for weights in model.graph.initializer:
        if weights.data_type == onnx.TensorProto.FLOAT and not is_scale(model, weights.name):
            half = onnx.numpy_helper.to_array(weights).astype(np.float16)
            weights.CopyFrom(onnx.numpy_helper.from_array(half, weights.name))
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = onnx.TensorProto.FLOAT16
    del model.graph.value_info[:]
    save(model, half_path)


def is_scale(model, name):
    """Whether a tensor holds the factors of a Resize, which stay in single precision."""
    return any(node.op_type == "Resize" and name in node.input for node in model.graph.node)


def open_onnx(path, threads=2):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run_onnx(session, features):
    """Planes `[15, h, w]` for a raster `[22, H, W]`."""
    kind = np.float16 if "16" in session.get_inputs()[0].type else np.float32
    return session.run(["output"], {"features": features[None].astype(kind)})[0][0].astype(np.float32)


def largest_difference(network, path, rasters):
    """Between PyTorch and ONNX Runtime, over rasters."""
    session = open_onnx(path)
    reference = for_export(copy.deepcopy(network)).to(memory_format=torch.contiguous_format)
    worst = 0.0
    for features in rasters:
        with torch.no_grad():
            wanted = reference(torch.from_numpy(features)[None])[0].numpy()
        worst = max(worst, float(np.abs(run_onnx(session, features) - wanted).max()))
    return worst


def load(path):
    network = Detector()
    network.load_state_dict(torch.load(path, weights_only=True))
    return network.eval()


def probes(program):
    """Rasters of some scans: front sectors and one full turn."""
    scans = list(some_scans(program, "hdl64", VALIDATION_SEED, PROBES))
    return [raster(scan.points, FRONT) for scan in scans] + [raster(scans[0].points, FULL_TURN)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the delos command")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--onnx", type=Path, required=True)
    options = parser.parse_args()
    network = load(options.out / "network.pt")
    half_path = options.onnx.with_name(options.onnx.stem + "_f16.onnx")
    write_onnx(network, options.onnx)
    write_half(options.onnx, half_path)
    rasters = probes(options.program)
    for path in (options.onnx, half_path):
        content = path.read_bytes()
        print(f"{path.name}\nsha256 {hashlib.sha256(content).hexdigest()}\nsize {len(content)}")
        worst = largest_difference(network, path, rasters)
        print(f"largest difference from PyTorch {worst:.2e}")
        if path == options.onnx and not worst <= TOLERANCE:
            raise SystemExit(f"more than {TOLERANCE}")


if __name__ == "__main__":
    main()
