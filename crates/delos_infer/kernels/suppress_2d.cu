// Class-wise suppression of rectangles in the image, and the fixed result that is copied back.
// Overlap as delos_geom::iou2d, in f64.
#include "boxes_2d.cuh"
#include "suppress.cuh"

#define SLOTS 300

// One detection. Mirrored by `Slot2d` in src/kernels/suppression.rs.
struct Slot2d {
    Rectangle2 box;
    float score;
    i32 number;      // class number of the network
    u32 row;         // row of the network's output
};

struct Result2d {
    u32 candidates;  // all that reached the threshold
    u32 kept;        // detections; those beyond 300 are not stored
    Slot2d slot[SLOTS];
};

DELOS_DEVICE double area_of(const Rectangle2& r) {
    return ((double)r.x2 - (double)r.x1) * ((double)r.y2 - (double)r.y1);
}

DELOS_DEVICE double iou_2d(const Rectangle2& a, const Rectangle2& b) {
    double width = (double)fminf(a.x2, b.x2) - (double)fmaxf(a.x1, b.x1);
    double height = (double)fminf(a.y2, b.y2) - (double)fmaxf(a.y1, b.y1);
    double shared = fmax(width, 0.0) * fmax(height, 0.0);
    if (shared <= 0.0) {
        return 0.0;
    }
    return clamp_double(shared / (area_of(a) + area_of(b) - shared), 0.0, 1.0);
}

// best [images, 1024] of select_best -> masks [images, 1024, 16]. Block 64, grid (16, 16, images): word, rows.
DELOS_KERNEL __launch_bounds__(64)
overlaps_2d(const u64* best, const u32* counts, u32 stride, const Rectangle2* boxes, const i32* classes,
            const i32* groups, double limit, u64* masks) {
    __shared__ Rectangle2 other[64];
    __shared__ i32 other_group[64];
    u32 taken = counts[blockIdx.z] < MOST ? counts[blockIdx.z] : MOST;
    u32 word = blockIdx.x;
    if (blockIdx.y > word || word * 64 >= taken) {
        return;
    }
    const u64* keys = best + (u64)blockIdx.z * MOST;
    u64 image = (u64)blockIdx.z * stride;
    u32 column = word * 64 + threadIdx.x;
    if (column < taken) {
        u32 row = index_of(keys[column]);
        other[threadIdx.x] = boxes[image + row];
        other_group[threadIdx.x] = groups[classes[image + row]];
    }
    __syncthreads();
    u32 own = blockIdx.y * 64 + threadIdx.x;
    if (own >= taken) {
        return;
    }
    Rectangle2 box = boxes[image + index_of(keys[own])];
    i32 group = groups[classes[image + index_of(keys[own])]];
    u64 bits = 0;
    for (u32 i = 0; i < 64 && word * 64 + i < taken; ++i) {
        if (word * 64 + i > own && other_group[i] == group && iou_2d(box, other[i]) > limit) {
            bits |= (u64)1 << i;
        }
    }
    masks[((u64)blockIdx.z * MOST + own) * WORDS + word] = bits;
}

// The part inside the image; without extent where nothing is left.
DELOS_DEVICE Rectangle2 clipped(const Rectangle2& r, const ImageFit& fit) {
    Rectangle2 inside = {clamp_float(r.x1, 0.0f, fit.right), clamp_float(r.y1, 0.0f, fit.bottom),
                         clamp_float(r.x2, 0.0f, fit.right), clamp_float(r.y2, 0.0f, fit.bottom)};
    return inside;
}

// Suppresses, clips to the image and writes the result. One block of 1024 threads per image.
DELOS_KERNEL __launch_bounds__(MOST)
keep_2d(const u64* best, const u32* counts, u32 stride, const Rectangle2* boxes, const i32* classes,
        const u64* masks, ImageFits fits, Result2d* results) {
    __shared__ u64 keep[WORDS];
    __shared__ u64 removed[WORDS];
    __shared__ u64 seen[WORDS];
    __shared__ u64 diagonal[64];
    u32 taken = counts[blockIdx.x] < MOST ? counts[blockIdx.x] : MOST;
    if (threadIdx.x < WORDS) {
        removed[threadIdx.x] = 0;
        seen[threadIdx.x] = 0;
    }
    __syncthreads();
    keep_greedily(masks + (u64)blockIdx.x * MOST * WORDS, taken, keep, removed, diagonal);
    u32 i = threadIdx.x;
    u64 key = best[(u64)blockIdx.x * MOST + i];
    u64 row = (u64)blockIdx.x * stride + index_of(key);
    bool is_seen = i < taken && ((keep[i / 64] >> (i % 64)) & 1) != 0;
    Rectangle2 box = {0.0f, 0.0f, 0.0f, 0.0f};
    if (is_seen) {
        box = clipped(boxes[row], fits.fit[blockIdx.x]);
        is_seen = box.x2 - box.x1 > 0.0f && box.y2 - box.y1 > 0.0f;
    }
    if (is_seen) {
        atomicOr(&seen[i / 64], (u64)1 << (i % 64));
    }
    __syncthreads();
    Result2d* result = results + blockIdx.x;
    u32 kept = bits_in(seen);
    if (i == 0) {
        result->candidates = counts[blockIdx.x];
        result->kept = kept;
    }
    u32 place = bits_before(seen, i);
    if (is_seen && place < SLOTS) {
        Slot2d slot = {box, score_of(key), classes[row], index_of(key)};
        result->slot[place] = slot;
    }
    if (i >= kept && i < SLOTS) {
        Slot2d empty = {{0.0f, 0.0f, 0.0f, 0.0f}, 0.0f, 0, 0};
        result->slot[i] = empty;
    }
}
