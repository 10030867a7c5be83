"""Writes golden.json: pillars and boxes as NumPy computes them, straight from the definitions.

    python golden.py > golden.json

Nothing here is shared with the program: pillars are gathered with a dictionary, overlaps of
turned boxes come from corners and crossings of edges, suppression is a plain double loop.
Needs numpy alone; the numbers are the same on every run.
"""
import json
import math

import numpy as np

GRID = (6, 4)  # cells of the answer along x and y
RANGE = [0.0, -3.2, -3.0, 9.6, 3.2, 1.0]
PILLAR = [0.8, 0.8, 4.0]  # 12 x 8 pillars
HEIGHT_M = 1.83  # of the sensor over ground

HEAD = """name = "golden"
what = "Numbers to decode"
file = "golden.onnx"
licence = "none"

[classes]
names = {classes}

[thresholds]
score = {score}
nms_iou = {nms}

[input]
name = "voxels"
range_m = {range}
pillar_m = {pillar}
points = 4
pillars = 20
features = {features}
intensity_max = {intensity}
ground_m = {ground}
sensor_m = {sensor}
forward = "{forward}"
counts = "num_points"
cells = {{ name = "coords", order = ["batch", "z", "y", "x"] }}
"""

ALL_FEATURES = ["x", "y", "z", "intensity", "mean_x", "mean_y", "mean_z", "centre_x", "centre_y",
                "centre_z", "range", "time"]


def head(**changes):
    values = dict(classes=["car", "pedestrian", "cyclist"], score=0.2, nms=0.1, range=RANGE,
                  pillar=PILLAR, features=["x", "y", "z", "intensity"], intensity=1.0,
                  ground=-1.73, sensor=[0.0, 0.0, 0.0], forward="x")
    values.update(changes)
    text = {k: json.dumps(v) if isinstance(v, list) else v for k, v in values.items()}
    return HEAD.format(**text), values


def to_network(values, points):
    """Points of the vehicle's frame in the network's, f32."""
    lift = np.float32(values["ground"] + HEIGHT_M)
    x, y, z = points[:, 0], points[:, 1], points[:, 2] + lift
    if values["forward"] == "y":
        x, y = -y, x
    return np.stack([x + np.float32(values["sensor"][0]), y + np.float32(values["sensor"][1]), z], 1)


def to_ego(values, box):
    """A box (x, y, z, l, w, h, yaw) of the network's frame in the vehicle's."""
    x, y, z, l, w, h, yaw = box
    x, y = x - values["sensor"][0], y - values["sensor"][1]
    z -= values["ground"] + HEIGHT_M
    if values["forward"] == "y":
        x, y, yaw = y, -x, yaw - math.pi / 2
    return [x, y, z, l, w, h, math.atan2(math.sin(yaw), math.cos(yaw))]


def corners(box):
    x, y, _, l, w, _, yaw = box
    c, s = math.cos(yaw), math.sin(yaw)
    return [(x + a * l / 2 * c - b * w / 2 * s, y + a * l / 2 * s + b * w / 2 * c)
            for a, b in ((1, 1), (-1, 1), (-1, -1), (1, -1))]


def inside(box, point):
    x, y, _, l, w, _, yaw = box
    dx, dy = point[0] - x, point[1] - y
    along = dx * math.cos(yaw) + dy * math.sin(yaw)
    across = dy * math.cos(yaw) - dx * math.sin(yaw)
    return abs(along) <= l / 2 + 1e-9 and abs(across) <= w / 2 + 1e-9


def iou(a, b):
    """Overlap from above: area of the hull of corners inside the other and crossings of edges."""
    ca, cb = corners(a), corners(b)
    points = [p for p in ca if inside(b, p)] + [p for p in cb if inside(a, p)]
    for i in range(4):
        for j in range(4):
            p, q, r, s = ca[i], ca[(i + 1) % 4], cb[j], cb[(j + 1) % 4]
            d = (q[0] - p[0]) * (s[1] - r[1]) - (q[1] - p[1]) * (s[0] - r[0])
            if abs(d) < 1e-12:
                continue
            t = ((r[0] - p[0]) * (s[1] - r[1]) - (r[1] - p[1]) * (s[0] - r[0])) / d
            u = ((r[0] - p[0]) * (q[1] - p[1]) - (r[1] - p[1]) * (q[0] - p[0])) / d
            if 0 <= t <= 1 and 0 <= u <= 1:
                points.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
    if len(points) < 3:
        return 0.0
    mx = sum(p[0] for p in points) / len(points)
    my = sum(p[1] for p in points) / len(points)
    points.sort(key=lambda p: math.atan2(p[1] - my, p[0] - mx))
    area = abs(sum(points[i - 1][0] * points[i][1] - points[i - 1][1] * points[i][0]
                   for i in range(len(points)))) / 2
    return area / (a[3] * a[4] + b[3] * b[4] - area)


def suppress(found, nms, by_class):
    """found: (score, index, class, box)."""
    kept = []
    for one in sorted(found, key=lambda f: (-f[0], f[1])):
        if all((by_class and one[2] != k[2]) or iou(one[3], k[3]) <= nms for k in kept):
            kept.append(one)
    return kept


def result(values, kept):
    names = values["classes"]
    return {"boxes": [[round(v, 6) for v in k[3]] for k in kept],
            "scores": [round(float(k[0]), 7) for k in kept],
            "classes": [names[k[2]] for k in kept]}


def sigmoid(x):
    return np.float32(1.0 / (1.0 + np.exp(-np.float64(x))))


def numbers(rng, shape, scale, middle=0.0):
    return np.round(rng.normal(middle, scale, shape), 3).astype(np.float32)


def flat(array):
    return [round(float(v), 3) for v in array.ravel()]


def anchor_case(seed, layout, sizes, heading, stand, directions, among, **changes):
    rng = np.random.default_rng(seed)
    columns, rows = GRID
    text, values = head(**changes)
    anchors = [(3.9, 1.6, 1.56, -1.78, (0.0, 1.57)), (0.8, 0.6, 1.73, -0.6, (0.0, 1.57)),
               (1.76, 0.6, 1.73, -0.6, (0.3,))]
    flat_anchors = [a[:4] + (yaw,) for a in anchors for yaw in a[4]]
    per_cell, classes = len(flat_anchors), len(values["classes"])
    bins, offset, limit = directions
    text += f'''
[output]
decoder = "anchors"
scores = "cls"
boxes = "box"
{f'directions = {{ name = "dir", bins = {bins}, offset = {offset}, limit = {limit} }}' if bins else ""}
layout = "{layout}"
stride = 2
sizes = "{sizes}"
heading = "{heading}"
stand = "{stand}"
anchors = [
'''
    for l, w, h, bottom, yaws in anchors:
        text += (f"  {{ length_m = {l}, width_m = {w}, height_m = {h}, bottom_m = {bottom}, "
                 f"yaws = {list(yaws)} }},\n")
    text += f']\nkeep = {{ among = "{among}" }}\n'
    cls = numbers(rng, (rows, columns, per_cell, classes), 1.2, -1.6)
    box = numbers(rng, (rows, columns, per_cell, 7), 0.25)
    way = numbers(rng, (rows, columns, per_cell, bins), 1.0)
    found = []
    for index, (row, column, anchor) in enumerate(np.ndindex(rows, columns, per_cell)):
        logits = cls[row, column, anchor]
        best = int(np.argmax(logits))
        score = sigmoid(logits[best])
        if score < np.float32(values["score"]):
            continue
        al, aw, ah, bottom, ayaw = flat_anchors[anchor]
        t = box[row, column, anchor].astype(np.float64)
        x0, y0, _, x1, y1, _ = values["range"]
        if stand == "edges":
            ax = x0 + column * (x1 - x0) / (columns - 1)
            ay = y0 + row * (y1 - y0) / (rows - 1)
        else:
            ax = x0 + (column + 0.5) * (x1 - x0) / columns
            ay = y0 + (row + 0.5) * (y1 - y0) / rows
        diagonal = math.sqrt(al * al + aw * aw)
        tl, tw = (t[3], t[4]) if sizes == "lwh" else (t[4], t[3])
        yaw = t[6] + ayaw
        if bins:
            period = 2 * math.pi / bins
            rest = yaw - offset
            rest -= math.floor(rest / period + limit) * period
            yaw = rest + offset + period * int(np.argmax(way[row, column, anchor]))
        if heading == "minus_y":
            yaw = -yaw - math.pi / 2
        decoded = [t[0] * diagonal + ax, t[1] * diagonal + ay, t[2] * ah + bottom + ah / 2,
                   math.exp(tl) * al, math.exp(tw) * aw, math.exp(t[5]) * ah, yaw]
        found.append((score, index, best, to_ego(values, decoded)))
    kept = suppress(found, np.float32(values["nms"]), among == "class")
    order = (lambda a: a.reshape(rows, columns, -1)) if layout == "HWC" else \
        (lambda a: a.reshape(rows, columns, -1).transpose(2, 0, 1))
    return {"card": text, "cls": flat(order(cls)), "box": flat(order(box)),
            "dir": flat(order(way)) if bins else [], "candidates": len(found),
            **result(values, kept)}


def heat_case(seed, heads, order, sizes, code, heading, height_of, peak, least_turn, **changes):
    rng = np.random.default_rng(seed)
    columns, rows = GRID
    text, values = head(**changes)
    text += f'''
[output]
decoder = "heatmap"
stride = 2
turn_order = "{order}"
sizes = "{sizes}"
size_code = "{code}"
heading = "{heading}"
height_of = "{height_of}"
peak_cells = {peak}
least_turn = {least_turn}
'''
    found, tensors, before = [], [], 0
    for number, classes in enumerate(heads):
        text += (f'[[output.heads]]\nclasses = {classes}\nheat = "heat{number}"\n'
                 f'offset = "reg{number}"\nheight = "height{number}"\nsize = "dim{number}"\n'
                 f'turn = "rot{number}"\n')
        heat = numbers(rng, (classes, rows, columns), 1.5, -1.0)
        reg = np.abs(numbers(rng, (2, rows, columns), 0.5))
        height = numbers(rng, (1, rows, columns), 0.5, -1.0)
        dim = numbers(rng, (3, rows, columns), 0.3, 0.6)
        if code == "metres":
            dim = np.abs(dim) + np.float32(0.5)
            dim = np.round(dim, 3).astype(np.float32)
        rot = numbers(rng, (2, rows, columns), 0.6)
        for c, row, column in np.ndindex(classes, rows, columns):
            value = heat[c, row, column]
            near = heat[c, max(row - 1, 0):row + 2, max(column - 1, 0):column + 2]
            score = sigmoid(value)
            if score < np.float32(values["score"]) or (peak == 3 and value < near.max()):
                continue
            first, second = rot[:, row, column].astype(np.float64)
            sin, cos = (first, second) if order == "sin_cos" else (second, first)
            index = ((before + c) * rows + row) * columns + column
            if math.hypot(sin, cos) < least_turn:
                continue
            side = [float(v) for v in dim[:, row, column]]
            side = [math.exp(v) for v in side] if code == "logs" else side
            l, w, h = side if sizes == "lwh" else (side[1], side[0], side[2])
            step = PILLAR[0] * 2
            x = (column + float(reg[0, row, column])) * step + values["range"][0]
            y = (row + float(reg[1, row, column])) * step + values["range"][1]
            z = float(height[0, row, column]) + (h / 2 if height_of == "bottom" else 0.0)
            yaw = math.atan2(sin, cos)
            yaw = -yaw - math.pi / 2 if heading == "minus_y" else yaw
            found.append((score, index, before + c, to_ego(values, [x, y, z, l, w, h, yaw])))
        before += classes
        tensors.append({"heat": flat(heat), "offset": flat(reg), "height": flat(height),
                        "size": flat(dim), "turn": flat(rot)})
    kept = suppress(found, np.float32(values["nms"]), False)
    return {"card": text, "heads": tensors, "candidates": len(found), **result(values, kept)}


def pillar_case(seed, **changes):
    rng = np.random.default_rng(seed)
    text, values = head(features=ALL_FEATURES, **changes)
    text += ('\n[output]\ndecoder = "heatmap"\nstride = 2\nturn_order = "sin_cos"\n'
             '[[output.heads]]\nclasses = 3\nheat = "heat"\noffset = "reg"\nheight = "height"\n'
             'size = "dim"\nturn = "rot"\n')
    middle = np.array([4.8, 0.0, -1.0])
    spread = np.array([1.5, 0.7, 0.7])
    points = np.round(rng.normal(middle, spread, (140, 3)), 3).astype(np.float32)
    intensity = np.round(rng.uniform(0, 1, 140), 3).astype(np.float32)
    at = to_network(values, points)
    least = np.array(values["range"][:3], np.float32)
    side = np.array(values["pillar"], np.float32)
    pillars, order = {}, []
    for index in range(len(at)):
        cell = np.floor((at[index] - least) / side).astype(int)
        if np.any(cell < 0) or np.any(cell >= [12, 8, 1]):
            continue
        key = (int(cell[1]), int(cell[0]))
        if key not in pillars:
            if len(order) >= 20:
                continue
            pillars[key] = []
            order.append(key)
        if len(pillars[key]) < 4:
            pillars[key].append(index)
    tensor = np.zeros((len(order), 4, len(ALL_FEATURES)), np.float32)
    for number, key in enumerate(order):
        members = pillars[key]
        mean = (at[members].astype(np.float64).sum(0) / len(members)).astype(np.float32)
        cell = np.array([key[1], key[0], 0], np.float32)
        centre = cell * side + (side / 2 + least)
        for place, index in enumerate(members):
            p = at[index]
            tensor[number, place] = [*p, intensity[index] * np.float32(values["intensity"]),
                                     *(p - mean), *(p - centre), np.sqrt(np.float32((p * p).sum())),
                                     0.0]
    return {"card": text, "points": flat(points), "intensity": flat(intensity),
            "cells": [[0, 0, *key] for key in order], "counts": [len(pillars[k]) for k in order],
            "tensor": [round(float(v), 6) for v in tensor.ravel()]}


def main():
    nuscenes = dict(forward="y", sensor=[0.9, 0.2, 1.84], ground=0.0)
    print(json.dumps({
        "height_m": HEIGHT_M,
        "pillars": [
            pillar_case(1, intensity=255.0),
            pillar_case(2, range=[-4.8, 1.6, -1.0, 4.8, 8.0, 3.0], **nuscenes),
        ],
        "anchors": [
            anchor_case(3, "HWC", "lwh", "x", "edges", (2, 0.78539, 0.0), "all"),
            anchor_case(4, "CHW", "wlh", "minus_y", "middles", (2, 0.0, 1.0), "class"),
            anchor_case(5, "CHW", "lwh", "x", "edges", (4, -0.7854, 0.5), "all", **nuscenes),
            anchor_case(6, "HWC", "lwh", "x", "middles", (0, 0, 0), "class", score=0.5, nms=0.01),
        ],
        "heatmaps": [
            heat_case(7, [3], "cos_sin", "lwh", "logs", "x", "middle", 3, 0.0),
            heat_case(8, [1, 2], "sin_cos", "wlh", "logs", "minus_y", "middle", 1, 0.3, **nuscenes),
            heat_case(9, [2, 1], "sin_cos", "lwh", "metres", "x", "bottom", 3, 0.0, score=0.05),
        ],
    }, separators=(",", ":")))


if __name__ == "__main__":
    main()
