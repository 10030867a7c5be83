"""The chain of launch/kitti_camera.toml in plain Python, to compare its speed with.

Read a PNG, letterbox, YOLOX by ONNX Runtime, decode, class-wise NMS, tracks in the image by
Kalman filters: OpenCV, onnxruntime and NumPy, one frame after the other, as a careful person
would write it without native code of his own. Prints milliseconds of each part as JSON.

    python camera.py --images DRIVE/image_02/data --model yolox_nano.onnx --size 416 416
"""

import argparse
import json
import platform
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

ROAD_CLASSES = [0, 1, 2, 3, 5, 7]
PAD = 114


def letterbox(image, width, height):
    """The image in the top left corner, as large as it fits; float32 [1, 3, height, width]."""
    ratio = min(width / image.shape[1], height / image.shape[0])
    size = (round(image.shape[1] * ratio), round(image.shape[0] * ratio))
    canvas = np.full((height, width, 3), PAD, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], dtype=np.float32), ratio


def grids(width, height):
    """Cell and stride of each row of the network's answer."""
    cells, strides = [], []
    for stride in (8, 16, 32):
        y, x = np.mgrid[: height // stride, : width // stride]
        cells.append(np.stack((x, y), 2).reshape(-1, 2))
        strides.append(np.full((cells[-1].shape[0], 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(strides).astype(np.float32)


def overlaps(box, boxes):
    corner = np.maximum(box[:2], boxes[:, :2])
    size = np.clip(np.minimum(box[2:], boxes[:, 2:]) - corner, 0, None)
    shared = size[:, 0] * size[:, 1]
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return shared / ((box[2] - box[0]) * (box[3] - box[1]) + area - shared)


def suppress(boxes, scores, limit):
    order, kept = np.argsort(-scores, kind="stable"), []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(best)
        order = rest[overlaps(boxes[best], boxes[rest]) <= limit]
    return kept


def decode(rows, cells, strides, ratio, least, limit):
    """Boxes [n, 4], scores [n] and classes [n] of the road users."""
    scores = rows[:, 4:5] * rows[:, 5:]
    classes = scores.argmax(1)
    best = scores[np.arange(len(scores)), classes]
    good = (best >= least) & np.isin(classes, ROAD_CLASSES)
    rows, classes, best = rows[good], classes[good], best[good]
    middle = (rows[:, :2] + cells[good]) * strides[good]
    half = np.exp(rows[:, 2:4]) * strides[good] / 2
    boxes = np.concatenate((middle - half, middle + half), 1) / ratio
    kept = []
    for label in np.unique(classes):
        index = np.flatnonzero(classes == label)
        kept.extend(index[suppress(boxes[index], best[index], limit)])
    return boxes[kept], best[kept], classes[kept]


class Track:
    """A box followed by a Kalman filter of constant velocity: middle, area, aspect (SORT)."""

    NOISE = np.diag([1.0, 1.0, 10.0, 10.0])
    SYSTEM = np.diag([1.0, 1.0, 1.0, 1.0, 0.01, 0.01, 0.0001])
    MOTION = np.eye(7) + np.diag([1.0, 1.0, 1.0], 4)
    SEEN = np.eye(4, 7)

    def __init__(self, box, name):
        self.state = np.concatenate((self.measure(box), np.zeros(3)))
        self.covariance = np.diag([10.0, 10.0, 10.0, 10.0, 1e4, 1e4, 1e4])
        self.name, self.missed = name, 0

    @staticmethod
    def measure(box):
        width, height = box[2] - box[0], box[3] - box[1]
        return np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, width * height, width / height])

    def predict(self):
        self.state = self.MOTION @ self.state
        self.covariance = self.MOTION @ self.covariance @ self.MOTION.T + self.SYSTEM
        area, aspect = max(self.state[2], 1.0), max(self.state[3], 1e-3)
        width = np.sqrt(area * aspect)
        return np.array([self.state[0] - width / 2, self.state[1] - area / width / 2,
                         self.state[0] + width / 2, self.state[1] + area / width / 2])

    def update(self, box):
        innovation = self.measure(box) - self.SEEN @ self.state
        spread = self.SEEN @ self.covariance @ self.SEEN.T + self.NOISE
        gain = self.covariance @ self.SEEN.T @ np.linalg.inv(spread)
        self.state = self.state + gain @ innovation
        self.covariance = (np.eye(7) - gain @ self.SEEN) @ self.covariance
        self.missed = 0


class Tracker:
    """Greedy by overlap; a track ends after three frames without a box."""

    def __init__(self):
        self.tracks, self.names = [], 0

    def step(self, boxes):
        free = list(range(len(boxes)))
        for track in self.tracks:
            expected = track.predict()
            track.missed += 1
            if free:
                shared = overlaps(expected, boxes[free])
                best = int(shared.argmax())
                if shared[best] >= 0.3:
                    track.update(boxes[free.pop(best)])
        self.tracks = [track for track in self.tracks if track.missed <= 3]
        for index in free:
            self.names += 1
            self.tracks.append(Track(boxes[index], self.names))
        return len(self.tracks)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--size", type=int, nargs=2, default=[416, 416], metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--warmup", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()

    cv2.setNumThreads(args.threads)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = args.threads, 1
    session = onnxruntime.InferenceSession(str(args.model), options, providers=["CPUExecutionProvider"])
    files = sorted(args.images.glob("*.png"))
    if not files:
        sys.exit(f"no PNG files in {args.images}")
    cells, strides = grids(*args.size)
    tracker, marks, boxes_seen = Tracker(), [], 0
    for number in range(args.warmup + args.frames):
        times = [time.perf_counter()]
        image = cv2.imread(str(files[number % len(files)]))
        times.append(time.perf_counter())
        tensor, ratio = letterbox(image, *args.size)
        times.append(time.perf_counter())
        rows = session.run(None, {"images": tensor})[0][0]
        times.append(time.perf_counter())
        boxes, _, _ = decode(rows, cells, strides, ratio, 0.3, 0.45)
        times.append(time.perf_counter())
        if number % len(files) == 0:
            tracker = Tracker()
        tracker.step(boxes)
        times.append(time.perf_counter())
        if number >= args.warmup:
            marks.append(times)
            boxes_seen += len(boxes)

    times = np.array(marks)
    spent = np.diff(times, axis=1) * 1000
    names = ["read", "preprocess", "network", "postprocess", "track"]
    print(json.dumps({
        "frames": len(times),
        "boxes": boxes_seen,
        "frames_per_s": len(times) / (times[-1, -1] - times[0, 0]),
        "p50_ms": dict(zip(names, np.median(spent, axis=0).round(3).tolist())),
        "end_to_end_p50_ms": float(np.median(times[:, -1] - times[:, 0]) * 1000),
        "threads": args.threads,
        "size": args.size,
        "versions": {"python": platform.python_version(), "numpy": np.__version__,
                     "opencv": cv2.__version__, "onnxruntime": onnxruntime.__version__},
    }, indent=2))


if __name__ == "__main__":
    main()
