// Suppression of turned boxes seen from above, and the fixed result that is copied back. The rules of
// crates/delos_detect/src/lidar/network/pillars/keep.rs.
#include "boxes_bev.cuh"
#include "suppress.cuh"

#define SLOTS_3D 300

// One detection. Mirrored by `Slot3d` in src/kernels/lidar.rs.
struct Slot3d {
    Box3d box;
    float score;
    i32 number;      // class number of the network
    u32 index;       // number of the anchor, or class * cells + cell
    u32 unused;
};

struct Result3d {
    u32 candidates;  // all that reached the threshold
    u32 kept;
    Slot3d slot[SLOTS_3D];
};

// best [1024] of select_best, boxes and groups [1024] by their order (-1: no box) -> masks [1024, 16].
// Block 64, grid (16, 16): word, rows.
DELOS_KERNEL __launch_bounds__(64)
overlaps_bev(const u32* count, u32 most, const Box3d* boxes, const i32* groups, double limit,
             double least_distance, u64* masks) {
    __shared__ double polygons[2 * CORNERS * 2 * LANES];
    __shared__ Footprint other[64];
    __shared__ i32 other_group[64];
    u32 taken = *count < most ? *count : most;
    u32 word = blockIdx.x;
    if (blockIdx.y > word || word * 64 >= taken) {
        return;
    }
    u32 column = word * 64 + threadIdx.x;
    other_group[threadIdx.x] = -1;
    if (column < taken && groups[column] >= 0) {
        other[threadIdx.x] = footprint_of(boxes[column]);
        other_group[threadIdx.x] = groups[column];
    }
    __syncthreads();
    u32 own = blockIdx.y * 64 + threadIdx.x;
    if (own >= taken) {
        return;
    }
    u64 bits = 0;
    i32 group = groups[own];
    if (group >= 0) {
        Footprint box = footprint_of(boxes[own]);
        for (u32 i = 0; i < 64; ++i) {
            if (word * 64 + i <= own || other_group[i] != group) {
                continue;
            }
            bool is_near = hypot(box.x - other[i].x, box.y - other[i].y) < least_distance;
            if (is_near || (can_touch(box, other[i]) && iou_bev(box, other[i], polygons) > limit)) {
                bits |= (u64)1 << i;
            }
        }
    }
    masks[(u64)own * WORDS + word] = bits;
}

// Suppresses and writes the result: at most `left` boxes. One block of 1024 threads.
DELOS_KERNEL __launch_bounds__(MOST)
keep_bev(const u64* best, const u32* count, u32 most, u32 left, const Box3d* boxes, const i32* groups,
         const i32* numbers, const u64* masks, Result3d* result) {
    __shared__ u64 keep[WORDS];
    __shared__ u64 removed[WORDS];
    __shared__ u64 diagonal[64];
    u32 taken = *count < most ? *count : most;
    u32 i = threadIdx.x;
    if (i < WORDS) {
        removed[i] = 0;
    }
    __syncthreads();
    if (i < taken && groups[i] < 0) {
        atomicOr(&removed[i / 64], (u64)1 << (i % 64));
    }
    __syncthreads();
    keep_greedily(masks, taken, keep, removed, diagonal);
    u32 kept = bits_in(keep) < left ? bits_in(keep) : left;
    if (i == 0) {
        result->candidates = *count;
        result->kept = kept;
    }
    u32 place = bits_before(keep, i);
    bool is_kept = i < taken && ((keep[i / 64] >> (i % 64)) & 1) != 0;
    if (is_kept && place < kept && place < SLOTS_3D) {
        Slot3d slot = {boxes[i], score_of(best[i]), numbers[i], index_of(best[i]), 0};
        result->slot[place] = slot;
    }
    if (i >= kept && i < SLOTS_3D) {
        Slot3d empty = {{0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0}, 0.0f, 0, 0, 0};
        result->slot[i] = empty;
    }
}
