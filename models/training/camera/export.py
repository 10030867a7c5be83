"""Writes the trained network as ONNX and holds it against PyTorch on real inputs.

python export.py --out FOLDER_OF_TRAINING --data SIM_ROOT [..] --onnx ../../delos_camera.onnx
"""

import argparse
import copy
import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from dataset import read_image, read_sequences
from letterbox import SIZE, letterbox
from network import Detector, for_export

OPSET = 17
TOLERANCE = 1e-4
PROBES = 8


def write_onnx(network, path):
    """Exports a network; batch 1, any height and width in steps of 32."""
    example = torch.zeros(1, 3, SIZE[1], SIZE[0])
    free = {"images": {2: "height", 3: "width"}, "output": {1: "cells"}}
    torch.onnx.export(
        for_export(copy.deepcopy(network)).to(memory_format=torch.contiguous_format), (example,), str(path),
        dynamo=False, opset_version=OPSET, input_names=["images"], output_names=["output"], dynamic_axes=free,
    )
    model = onnx.load(path)
    model.producer_name, model.producer_version = "delos", ""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def open_onnx(path, threads=2):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run_onnx(session, image):
    """Rows `[A, 5 + classes]` for a letterboxed image `[H, W, 3]` u8."""
    tensor = np.ascontiguousarray(image.transpose(2, 0, 1)[None]).astype(np.float32)
    return session.run(["output"], {"images": tensor})[0][0]


def largest_difference(network, path, images):
    """Between PyTorch and ONNX Runtime, over letterboxed images."""
    session = open_onnx(path)
    reference = for_export(copy.deepcopy(network))
    worst = 0.0
    for image in images:
        with torch.no_grad():
            wanted = reference(torch.from_numpy(image.astype(np.float32)).permute(2, 0, 1)[None].contiguous())[0]
        worst = max(worst, float(np.abs(run_onnx(session, image) - wanted.numpy()).max()))
    return worst


def load(path):
    network = Detector()
    network.load_state_dict(torch.load(path, weights_only=True))
    return network.eval()


def probes(roots):
    """A few images, spread over the data."""
    files = [image for root in roots for sequence in read_sequences(root) for image in sequence.images]
    chosen = files[:: max(1, len(files) // PROBES)][:PROBES]
    return [letterbox(read_image(file))[0] for file in chosen]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--onnx", type=Path, required=True)
    options = parser.parse_args()
    network = load(options.out / "network.pt")
    write_onnx(network, options.onnx)
    worst = largest_difference(network, options.onnx, probes(options.data))
    content = options.onnx.read_bytes()
    print(f"sha256 {hashlib.sha256(content).hexdigest()}\nsize {len(content)}")
    print(f"largest difference between ONNX Runtime and PyTorch {worst:.2e}")
    if not worst <= TOLERANCE:
        raise SystemExit(f"more than {TOLERANCE}")


if __name__ == "__main__":
    main()
