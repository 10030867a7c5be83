// Boxes at the peaks of heat maps: CenterPoint (Yin et al. 2021). The arithmetic of
// crates/delos_detect/src/lidar/network/pillars/heatmap.rs.
#include "boxes_bev.cuh"
#include "scores.cuh"

// Shape and rules of all heads. Mirrored by `HeatmapShape` in src/kernels/heatmap.rs.
struct HeatmapShape {
    double least[2], step[2];    // of the range and of a cell along x and y, metres
    double least_turn;
    i32 columns, rows;
    i32 is_peak_of_nine;         // a peak is the highest of its 3 x 3 cells
    i32 is_wlh, is_minus_y, is_log, is_cos_first, is_bottom;
};

// The planes of one head: offset (2), height, size (3), turn (2). Mirrored by `HeadAddresses`.
struct Head {
    const float* offset;
    const float* height;
    const float* size;
    const float* turn;
    i32 first_class, classes;
};

struct Heads {
    Head head[8];
    i32 count;
    i32 unused;
};

// Whether no neighbour is higher; NaN is no peak, nor is its neighbour.
DELOS_DEVICE bool is_highest(const float* heat, const HeatmapShape& shape, i32 column, i32 row) {
    float value = heat[row * shape.columns + column];
    bool is_peak = true;
    for (i32 y = row > 0 ? row - 1 : 0; y <= row + 1 && y < shape.rows; ++y) {
        for (i32 x = column > 0 ? column - 1 : 0; x <= column + 1 && x < shape.columns; ++x) {
            is_peak = is_peak && heat[y * shape.columns + x] <= value;
        }
    }
    return is_peak;
}

// heat [classes of the head, rows, columns]; one thread per cell, grid.y per class. keys and count as in select_best.
DELOS_KERNEL __launch_bounds__(256)
heat_candidates(const float* heat, HeatmapShape shape, ScoreRule rule, i32 first_class, const i32* groups,
                u64* keys, u32* count) {
    i32 area = shape.columns * shape.rows;
    i32 cell = blockIdx.x * blockDim.x + threadIdx.x;
    i32 number = first_class + blockIdx.y;
    if (cell >= area || groups[number] < 0) {
        return;
    }
    const float* plane = heat + (u64)blockIdx.y * area;
    float value = plane[cell];
    if (!(value >= rule.floor)) {
        return;
    }
    if (shape.is_peak_of_nine != 0 && !is_highest(plane, shape, cell % shape.columns, cell / shape.columns)) {
        return;
    }
    float score = score_of_number(rule, value);
    if (score >= rule.least) {
        push_candidate(keys, count, score, number * area + cell);
    }
}

// The boxes of the best candidates, in their order, with the class number and the group of each (-1: no box). One
// block of 1024 threads.
DELOS_KERNEL __launch_bounds__(MOST)
heat_boxes(const u64* best, const u32* count, u32 most, Heads heads, HeatmapShape shape, FrameOfNetwork frame,
           const i32* class_groups, Box3d* boxes, i32* groups, i32* numbers) {
    u32 i = threadIdx.x;
    u32 taken = *count < most ? *count : most;
    if (i >= taken) {
        return;
    }
    u32 area = shape.columns * shape.rows;
    u32 index = index_of(best[i]);
    i32 number = index / area;
    u32 cell = index % area;
    i32 which = 0;
    while (which + 1 < heads.count && number >= heads.head[which + 1].first_class) {
        ++which;
    }
    const Head& head = heads.head[which];
    double turn[2] = {(double)head.turn[cell], (double)head.turn[area + cell]};
    double sine = shape.is_cos_first != 0 ? turn[1] : turn[0];
    double cosine = shape.is_cos_first != 0 ? turn[0] : turn[1];
    double sizes[3] = {(double)head.size[cell], (double)head.size[area + cell], (double)head.size[2 * area + cell]};
    double length = shape.is_wlh != 0 ? sizes[1] : sizes[0];
    double width = shape.is_wlh != 0 ? sizes[0] : sizes[1];
    Box3d box;
    box.x = ((double)(cell % shape.columns) + (double)head.offset[cell]) * shape.step[0] + shape.least[0];
    box.y = ((double)(cell / shape.columns) + (double)head.offset[area + cell]) * shape.step[1] + shape.least[1];
    box.length = shape.is_log != 0 ? exp(length) : length;
    box.width = shape.is_log != 0 ? exp(width) : width;
    box.height = shape.is_log != 0 ? exp(sizes[2]) : sizes[2];
    box.z = (double)head.height[cell] + (shape.is_bottom != 0 ? box.height / 2.0 : 0.0);
    box.yaw = usual_yaw(shape.is_minus_y != 0, atan2(sine, cosine));
    bool is_box = !(hypot(sine, cosine) < shape.least_turn) && to_ego(box, frame);
    boxes[i] = box;
    numbers[i] = number;
    groups[i] = is_box ? class_groups[number] : -1;
}
