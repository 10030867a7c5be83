"""Runs the graphs once on the processor: `check.py [DIR]`. Every answer must be finite, and f16 near f32."""

import pathlib
import sys

import numpy
import onnxruntime

from make import GRAPHS, HERE


def inputs(name: str) -> dict[str, numpy.ndarray]:
    """A made-up picture, or pillars in cells that are all different."""
    numbers = numpy.random.default_rng(1)
    if name.startswith("yolox"):
        return {"images": numbers.uniform(0, 255, (1, 3, 640, 640)).astype(numpy.float32)}
    places = numbers.permutation(496 * 432)[:12_000]
    points = numbers.normal(0, 1, (12_000, 32, 10)).astype(numpy.float32)
    points[:, :, :3] *= 20
    return {"voxels": points, "coords": numpy.stack([places // 432, places % 432], axis=1)}


def main() -> None:
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "../../out/graphs"
    for name in GRAPHS:
        answers = []
        for file in (name, f"{name}_f16"):
            session = onnxruntime.InferenceSession(folder / f"{file}.onnx", providers=["CPUExecutionProvider"])
            answers.append(session.run(None, inputs(name)))
        for tensor, full, half in zip(session.get_outputs(), *answers):
            if not (numpy.isfinite(full).all() and numpy.isfinite(half).all()):
                sys.exit(f"{name}: {tensor.name} is not finite")
            error = numpy.abs(full - half).max() / full.std()
            print(f"{name}: {tensor.name} {list(full.shape)} spread {full.std():.3f}, f16 off by {error:.4f} of it")
            if error > 0.05:
                sys.exit(f"{name}: f16 is not f32")


if __name__ == "__main__":
    main()
