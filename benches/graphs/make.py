"""Writes the graphs that are measured for latency alone, with their cards: `make.py [--out DIR] [--only NAME]`.

The layers are those that were published, the weights are random, from a seed. Operations and parameters are counted
and must be what was published, and the files' sha256 must be those of `SHA256SUMS`; `--write-sums` writes these anew.
"""

import argparse
import hashlib
import pathlib
import sys

import cards
from count import operations
from pointpillars import pointpillars
from yolox import yolox_s

HERE = pathlib.Path(__file__).parent
SEED = 20_260_101
NEAR = 0.02

# Published figures: the model zoo of YOLOX (paper, table 3: 9.0 M parameters, 26.8 GFLOPs); for PointPillars the
# 4.8 M parameters of OpenPCDet's file of 18 MB, and 68 GFLOP, which follow from the layers and the grid.
GRAPHS = {
    "yolox_s_640_random": (yolox_s, "YOLOX-s at 640x640", 26.8e9, 9.0e6, cards.CAMERA),
    "pointpillars_kitti_random": (pointpillars, "PointPillars at KITTI's full size", 68e9, 4.8e6, cards.LIDAR),
}


def near(what: str, found: float, published: float, unit: float, name: str) -> None:
    print(f"{name}: {found / unit:.2f} {what}, published {published / unit:.1f}")
    if abs(found / published - 1) > NEAR:
        sys.exit(f"{name}: {found:.4g} {what} are not within {NEAR:.0%} of the published {published:.4g}")


def make(name: str, half: bool, out: pathlib.Path) -> tuple[str, str]:
    """Writes a graph and its card; file name and sha256."""
    build, what, published, parameters, rest = GRAPHS[name]
    # Weights of both precisions come from one seed and name, so that they differ by rounding alone.
    net = build(name, SEED, half)
    model = net.model()
    full = f"{name}_f16" if half else name
    near("GFLOP", operations(model), published, 1e9, full)
    near("M parameters", net.parameters, parameters, 1e6, full)
    data = model.SerializeToString(deterministic=True)
    digest = hashlib.sha256(data).hexdigest()
    (out / f"{full}.onnx").write_bytes(data)
    what = f"{what}, computed in {'f16' if half else 'f32'}"
    (out / f"{full}.toml").write_text(cards.card(full, what, SEED, digest, len(data), rest))
    return f"{full}.onnx", digest


def check_sums(sums: dict[str, str]) -> None:
    lines = (HERE / "SHA256SUMS").read_text().split("\n")
    known = {name: digest for digest, name in (line.split("  ") for line in lines if line)}
    for name, digest in sums.items():
        if known.get(name) != digest:
            sys.exit(f"{name}: sha256 {digest}, but SHA256SUMS says {known.get(name)}")
    print(f"{len(sums)} files are those of SHA256SUMS")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "../../out/graphs")
    parser.add_argument("--only", choices=GRAPHS)
    parser.add_argument("--write-sums", action="store_true")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    names = [given.only] if given.only else list(GRAPHS)
    sums = dict(make(name, half, given.out) for name in names for half in (False, True))
    if given.write_sums:
        (HERE / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()))
    else:
        check_sums(sums)


if __name__ == "__main__":
    main()
