// YOLOX's numbers into candidates (Ge et al. 2021, section 2.1): centre (x + gx, y + gy) s, size exp(w, h) s,
// score objectness * class. The arithmetic of crates/delos_detect/src/camera/decode.rs.
#include "boxes_2d.cuh"

// The network's output. Mirrored by `YoloxShape` in src/kernels/yolox.rs.
struct YoloxShape {
    i32 rows;            // rows of one image: cells of all levels
    i32 classes;
    i32 levels;
    i32 stride[4];       // pixels of the input per cell, level by level
    i32 across[4];       // cells in a row of the level
    i32 first[4];        // first row of the level
};

DELOS_DEVICE Rectangle2 rectangle_in_image(float cx, float cy, float width, float height, const ImageFit& fit) {
    float x = cx - fit.left;
    float y = cy - fit.top;
    float half_width = width / 2.0f;
    float half_height = height / 2.0f;
    float x1 = (x - half_width) * fit.scale;
    float y1 = (y - half_height) * fit.scale;
    float x2 = (x + half_width) * fit.scale;
    float y2 = (y + half_height) * fit.scale;
    Rectangle2 found = {fminf(x1, x2), fminf(y1, y2), fmaxf(x1, x2), fmaxf(y1, y2)};
    return found;
}

DELOS_DEVICE bool is_finite(const Rectangle2& r) {
    return isfinite(r.x1) && isfinite(r.y1) && isfinite(r.x2) && isfinite(r.y2);
}

// output [images, rows, 5 + classes] f32 or f16, groups [classes] (-1: not wanted) -> boxes and classes [images, rows] at
// the candidates' rows, keys [images, rows] and counts [images] (zero before). Grid (rows / 256, images).
template <typename Number>
DELOS_DEVICE void candidates(const Number* output, const YoloxShape& shape, const ImageFits& fits, const i32* groups,
                             float threshold, Rectangle2* boxes, i32* classes, u64* keys, u32* counts) {
    i32 row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= shape.rows) {
        return;
    }
    u64 image = (u64)blockIdx.y * shape.rows;
    const Number* numbers = output + (image + row) * (5 + shape.classes);
    float objectness = number(numbers[4]);
    if (!(objectness >= threshold)) {
        return;
    }
    float best = -__uint_as_float(0x7f800000u);
    i32 best_class = 0;
    for (i32 i = 0; i < shape.classes; ++i) {
        float own = number(numbers[5 + i]);
        if (own > best) {
            best = own;
            best_class = i;
        }
    }
    float score = objectness * best;
    if (!(score >= threshold) || groups[best_class] < 0) {
        return;
    }
    i32 level = 0;
    while (level + 1 < shape.levels && row >= shape.first[level + 1]) {
        ++level;
    }
    i32 cell = row - shape.first[level];
    float stride = (float)shape.stride[level];
    float cx = (number(numbers[0]) + (float)(cell % shape.across[level])) * stride;
    float cy = (number(numbers[1]) + (float)(cell / shape.across[level])) * stride;
    float width = exp_rounded(number(numbers[2])) * stride;
    float height = exp_rounded(number(numbers[3])) * stride;
    Rectangle2 box = rectangle_in_image(cx, cy, width, height, fits.fit[blockIdx.y]);
    if (is_finite(box)) {
        boxes[image + row] = box;
        classes[image + row] = best_class;
        push_candidate(keys + image, counts + blockIdx.y, score, row);
    }
}

DELOS_KERNEL __launch_bounds__(256)
yolox_candidates(const float* output, YoloxShape shape, ImageFits fits, const i32* groups, float threshold,
                 Rectangle2* boxes, i32* classes, u64* keys, u32* counts) {
    candidates(output, shape, fits, groups, threshold, boxes, classes, keys, counts);
}

DELOS_KERNEL __launch_bounds__(256)
yolox_candidates_f16(const u16* output, YoloxShape shape, ImageFits fits, const i32* groups, float threshold,
                     Rectangle2* boxes, i32* classes, u64* keys, u32* counts) {
    candidates(output, shape, fits, groups, threshold, boxes, classes, keys, counts);
}
