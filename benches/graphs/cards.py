"""The cards of the graphs, in the form of `models/*.toml`."""

REMARK = "latency only: random weights, its boxes mean nothing"

CAMERA = """
[input]
name = "images"
layout = "NCHW"
channels = "bgr"
size = [640, 640]
multiple = 32
fixed = true
letterbox = { place = "top_left", pad = 114, rounding = "round" }

[output]
name = "output"
decoder = "yolox"
strides = [8, 16, 32]

[classes]
taxonomy = "coco80"

[thresholds]
score = 0.3
nms_iou = 0.45
"""

# Ranges, anchors, directions and limits of OpenPCDet's `pointpillar.yaml`.
LIDAR = """
[input]
name = "voxels"
range_m = [0.0, -39.68, -3.0, 69.12, 39.68, 1.0]
pillar_m = [0.16, 0.16, 4.0]
points = 32
pillars = 12000
features = ["x", "y", "z", "intensity", "mean_x", "mean_y", "mean_z", "centre_x", "centre_y", "centre_z"]
intensity_max = 1.0
ground_m = -1.73
cells = { name = "coords", order = ["y", "x"] }

[output]
decoder = "anchors"
scores = "cls"
boxes = "box"
directions = { name = "dir", bins = 2, offset = 0.78539, limit = 0.0 }
layout = "HWC"
stride = 2
stand = "edges"
anchors = [
  { length_m = 3.9, width_m = 1.6, height_m = 1.56, bottom_m = -1.78, yaws = [0.0, 1.57] },
  { length_m = 0.8, width_m = 0.6, height_m = 1.73, bottom_m = -0.6, yaws = [0.0, 1.57] },
  { length_m = 1.76, width_m = 0.6, height_m = 1.73, bottom_m = -0.6, yaws = [0.0, 1.57] },
]
keep = { candidates = 4096, most = 500, among = "all" }

[classes]
names = ["car", "pedestrian", "cyclist"]

[thresholds]
score = 0.1
nms_iou = 0.01
"""


def card(name: str, what: str, seed: int, sha256: str, size: int, rest: str) -> str:
    return f"""name = "{name}"
what = "{what}; {REMARK}"
file = "{name}.onnx"
sha256 = "{sha256}"
size = {size}
licence = "none needed: random numbers"
origin = "benches/graphs/make.py, seed {seed}"
latency_only = true
{rest}"""
