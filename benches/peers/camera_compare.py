"""Runs the plain Python camera chain and delos in turns, and says how many times faster delos is.

One thread: both are held to one processor core, delos with one worker, frame after frame. Two workers: delos on two
cores, frames overlapping; Python as before. Each turn runs everything once; ratios are medians over the turns.

    python camera_compare.py --delos ../../target/release/delos --drive 2011_09_26_drive_0052_sync --model yolox_nano.onnx
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def pinned(cores, command, folder=None):
    """Runs a command on these cores; what it prints."""
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=folder, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, cores))
    return done.stdout


def python_chain(args, cores):
    command = [sys.executable, HERE / "camera.py", "--images", args.drive / "image_02/data", "--model", args.model,
               "--frames", str(args.frames), "--size", *map(str, args.size)]
    return json.loads(pinned(cores, command))


def delos(args, cores, scenario):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "bench.json")
        width, height = args.size
        pinned(cores, [args.delos, "bench", "kitti_camera", "--data", args.drive, "--queries", str(args.frames),
                       "--scenario", scenario, "--workers", str(len(cores)), "--json", file,
                       "--set", f"camera.model={args.model}", "--set", f"camera.size=[{width}, {height}]"], HERE.parents[1])
        return json.loads(file.read_text())["repetitions"][0]


def part(run, name):
    """Median of a part of the camera's work, milliseconds."""
    times = [s["time"] for s in run["segments"] if (s["component"], s["share"]) == ("camera", name)]
    return times[0]["p50"]["ms"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--delos", type=lambda p: Path(p).resolve(), required=True, help="a release build")
    parser.add_argument("--drive", type=lambda p: Path(p).resolve(), required=True)
    parser.add_argument("--model", type=lambda p: Path(p).resolve(), required=True)
    parser.add_argument("--size", type=int, nargs=2, default=[416, 416], metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--turns", type=int, default=5)
    return parser.parse_args()


def main():
    args = arguments()
    cores = sorted(os.sched_getaffinity(0))
    one, two = set(cores[:1]), set(cores[:2])
    rows = []
    for _ in range(args.turns):
        peer, single, double = python_chain(args, one), delos(args, one, "single-stream"), delos(args, two, "offline")
        around = sum(peer["p50_ms"][name] for name in ("preprocess", "postprocess"))
        own = part(single, "preprocess") + part(single, "postprocess")
        rows.append({
            "python_frames_per_s": peer["frames_per_s"],
            "one_thread_frames_per_s": single["throughput_hz"],
            "two_workers_frames_per_s": double["throughput_hz"],
            "one_thread_ratio": single["throughput_hz"] / peer["frames_per_s"],
            "two_workers_ratio": double["throughput_hz"] / peer["frames_per_s"],
            "network_ms": [peer["p50_ms"]["network"], part(single, "network")],
            "pre_and_post_ms": [around, own],
            "pre_and_post_share": own / around,
        })
        print(json.dumps(rows[-1]), file=sys.stderr)
    names = [name for name in rows[0] if not name.endswith("_ms")]
    print(json.dumps({"turns": args.turns, "frames": args.frames, "size": args.size, "versions": peer["versions"],
                      "medians": {name: round(statistics.median(row[name] for row in rows), 3) for name in names}}, indent=2))


if __name__ == "__main__":
    main()
