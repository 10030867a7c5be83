// Boxes out of differences from anchors: the residual code of SECOND (Yan et al. 2018, section 3.1.3) with direction
// bins. The arithmetic of crates/delos_detect/src/lidar/network/pillars/anchors.rs.
#include "boxes_bev.cuh"
#include "scores.cuh"

// A box of usual size, without its place on the ground. Mirrored by `Anchor` in src/kernels/anchors.rs.
struct Anchor {
    double length, width, height;
    double diagonal;      // of length and width
    double middle_z;
    double yaw;
};

// Shape and rules of an anchor head. Mirrored by `AnchorShape` in src/kernels/anchors.rs.
struct AnchorShape {
    double least[2], extent[2];      // of the range along x and y, metres
    double bin_offset, bin_limit, bin_period;
    i32 columns, rows;
    i32 per_cell;                    // anchors of a cell
    i32 classes, numbers, bins;      // numbers of an anchor in each tensor
    i32 is_planes;                   // [numbers, rows, columns] instead of [rows, columns, numbers]
    i32 is_wlh, is_minus_y, is_edges;
};

// Place of a number of the anchor `index` = cell * per_cell + anchor, of which each has `numbers`.
DELOS_DEVICE u64 place_of(const AnchorShape& shape, u32 index, i32 numbers, i32 number) {
    if (shape.is_planes == 0) {
        return (u64)index * numbers + number;
    }
    u32 cell = index / shape.per_cell;
    u32 anchor = index % shape.per_cell;
    return ((u64)anchor * numbers + number) * ((u64)shape.columns * shape.rows) + cell;
}

// One thread per anchor. groups [classes] (-1: not wanted) -> numbers [anchors] (class) at the candidates, keys
// [anchors] and count (zero before).
DELOS_KERNEL __launch_bounds__(256)
anchor_candidates(const float* scores, AnchorShape shape, ScoreRule rule, const i32* groups, i32* numbers,
                  u64* keys, u32* count) {
    u32 area = shape.columns * shape.rows;
    u32 thread = blockIdx.x * blockDim.x + threadIdx.x;
    if (thread >= area * shape.per_cell) {
        return;
    }
    // Neighbouring threads read neighbouring numbers.
    u32 index = shape.is_planes != 0 ? thread % area * shape.per_cell + thread / area : thread;
    i32 best_class = -1;
    float best = 0.0f;
    for (i32 i = 0; i < shape.classes; ++i) {
        float number = scores[place_of(shape, index, shape.classes, i)];
        if (!isnan(number) && (best_class < 0 || number > best)) {
            best = number;
            best_class = i;
        }
    }
    if (best_class < 0 || best < rule.floor || groups[best_class] < 0) {
        return;
    }
    float score = score_of_number(rule, best);
    if (score >= rule.least) {
        numbers[index] = best_class;
        push_candidate(keys, count, score, index);
    }
}

// Where the anchors of a cell stand along an axis.
DELOS_DEVICE double stand_of(const AnchorShape& shape, i32 axis, i32 number, i32 cells) {
    if (shape.is_edges != 0) {
        return shape.least[axis] + (double)number * shape.extent[axis] / fmax((double)cells - 1.0, 1.0);
    }
    return shape.least[axis] + ((double)number + 0.5) * shape.extent[axis] / (double)cells;
}

// The yaw within the bin: limit_period(yaw - offset, limit, period) + offset + period * bin.
DELOS_DEVICE double turned(const AnchorShape& shape, double yaw, i32 bin) {
    double rest = yaw - shape.bin_offset;
    double within = rest - floor(rest / shape.bin_period + shape.bin_limit) * shape.bin_period;
    return within + shape.bin_offset + shape.bin_period * (double)bin;
}

// The first of the largest; NaN is never the largest.
DELOS_DEVICE i32 largest_bin(const float* directions, const AnchorShape& shape, u32 index) {
    i32 largest = 0;
    float value = -__uint_as_float(0x7f800000u);
    for (i32 bin = 0; bin < shape.bins; ++bin) {
        float number = directions[place_of(shape, index, shape.bins, bin)];
        if (number > value) {
            value = number;
            largest = bin;
        }
    }
    return largest;
}

// The boxes of the best candidates, in their order, with the class number and the group of each (-1: no box). One
// block of 1024 threads.
DELOS_KERNEL __launch_bounds__(MOST)
anchor_boxes(const u64* best, const u32* count, u32 most, const float* codes, const float* directions,
             const Anchor* anchors, AnchorShape shape, FrameOfNetwork frame, const i32* class_groups,
             const i32* class_numbers, Box3d* boxes, i32* groups, i32* numbers) {
    u32 i = threadIdx.x;
    u32 taken = *count < most ? *count : most;
    if (i >= taken) {
        return;
    }
    u32 index = index_of(best[i]);
    const Anchor& anchor = anchors[index % shape.per_cell];
    u32 cell = index / shape.per_cell;
    double code[7];
#pragma unroll
    for (i32 k = 0; k < 7; ++k) {
        code[k] = (double)codes[place_of(shape, index, shape.numbers, k)];
    }
    Box3d box;
    box.x = code[0] * anchor.diagonal + stand_of(shape, 0, cell % shape.columns, shape.columns);
    box.y = code[1] * anchor.diagonal + stand_of(shape, 1, cell / shape.columns, shape.rows);
    box.z = code[2] * anchor.height + anchor.middle_z;
    box.length = exp(shape.is_wlh != 0 ? code[4] : code[3]) * anchor.length;
    box.width = exp(shape.is_wlh != 0 ? code[3] : code[4]) * anchor.width;
    box.height = exp(code[5]) * anchor.height;
    double yaw = code[6] + anchor.yaw;
    if (shape.bins > 0) {
        yaw = turned(shape, yaw, largest_bin(directions, shape, index));
    }
    box.yaw = usual_yaw(shape.is_minus_y != 0, yaw);
    bool is_box = to_ego(box, frame);
    boxes[i] = box;
    numbers[i] = class_numbers[index];
    groups[i] = is_box ? class_groups[class_numbers[index]] : -1;
}
