// The best candidates of each image, in the order (score descending, index ascending).
//
// One block of 1024 threads per image. Candidates arrive in any order (they were appended by an atomic
// counter); their keys are all different, so that the sorted list has one possible content.
#include "common.cuh"

// The `wanted`-th smallest key, counted from 1, byte by byte from the top (radix select).
DELOS_DEVICE u64 nth_smallest(const u64* keys, u32 count, u32 wanted, u32* histogram, u64* prefix, u32* rank) {
    if (threadIdx.x == 0) {
        *prefix = 0;
        *rank = wanted;
    }
    u64 mask = 0;
    for (i32 shift = 56; shift >= 0; shift -= 8) {
        if (threadIdx.x < 256) {
            histogram[threadIdx.x] = 0;
        }
        __syncthreads();
        u64 known = *prefix;
        for (u32 i = threadIdx.x; i < count; i += MOST) {
            if ((keys[i] & mask) == known) {
                atomicAdd(&histogram[(keys[i] >> shift) & 255], 1u);
            }
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            u32 before = 0;
            u32 byte = 0;
            while (before + histogram[byte] < *rank) {
                before += histogram[byte];
                ++byte;
            }
            *rank -= before;
            *prefix = known | ((u64)byte << shift);
        }
        mask |= (u64)255 << shift;
        __syncthreads();
    }
    return *prefix;
}

// Sorts the first `count` of 1024 keys ascending, those behind are all ones (bitonic network, Batcher 1968).
DELOS_DEVICE void sort_ascending(u64* keys, u32 count) {
    u32 i = threadIdx.x;
    for (u32 size = 2; size < 2 * count && size <= MOST; size *= 2) {
        for (u32 stride = size / 2; stride > 0; stride /= 2) {
            u32 other = i ^ stride;
            if (other > i) {
                bool is_ascending = (i & size) == 0;
                u64 low = keys[i];
                u64 high = keys[other];
                if ((low > high) == is_ascending) {
                    keys[i] = high;
                    keys[other] = low;
                }
            }
            __syncthreads();
        }
    }
}

// keys [images, stride], counts [images] -> best [images, 1024]: the smallest keys of each image in order,
// what is left over all ones.
DELOS_KERNEL __launch_bounds__(MOST) select_best(const u64* keys, const u32* counts, u32 stride, u64* best) {
    __shared__ u64 chosen[MOST];
    __shared__ u32 histogram[256];
    __shared__ u64 prefix;
    __shared__ u32 rank;
    __shared__ u32 filled;
    const u64* own = keys + (u64)blockIdx.x * stride;
    u32 count = counts[blockIdx.x];
    u64 limit = ~(u64)0;
    if (count > MOST) {
        limit = nth_smallest(own, count, MOST, histogram, &prefix, &rank);
    }
    chosen[threadIdx.x] = ~(u64)0;
    if (threadIdx.x == 0) {
        filled = 0;
    }
    __syncthreads();
    for (u32 i = threadIdx.x; i < count; i += MOST) {
        if (own[i] <= limit) {
            chosen[atomicAdd(&filled, 1u)] = own[i];
        }
    }
    __syncthreads();
    sort_ascending(chosen, count);
    best[(u64)blockIdx.x * MOST + threadIdx.x] = chosen[threadIdx.x];
}
