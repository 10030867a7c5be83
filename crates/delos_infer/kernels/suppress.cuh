// Greedy suppression over sorted candidates, 64 at a time.
//
// masks [1024, 16]: bit b of word w of row i says that candidate i, if kept, drops candidate 64 w + b > i.
#pragma once
#include "common.cuh"

#define WORDS (MOST / 64)

// Sets bit i of keep[i / 64] for each kept one of `taken` candidates. Bits set in `removed` before are of
// candidates that do not take part. All 1024 threads of the block call it; keep, removed (16 words each) and
// diagonal (64 words) are shared, and removed is complete before.
DELOS_DEVICE void keep_greedily(const u64* masks, u32 taken, u64* keep, u64* removed, u64* diagonal) {
    if (threadIdx.x < WORDS) {
        keep[threadIdx.x] = 0;
    }
    __syncthreads();
    for (u32 first = 0; first < taken; first += 64) {
        u32 word = first / 64;
        u32 size = taken - first < 64 ? taken - first : 64;
        if (threadIdx.x < size) {
            diagonal[threadIdx.x] = masks[(u64)(first + threadIdx.x) * WORDS + word];
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            u64 gone = removed[word];
            u64 kept = 0;
            for (u32 i = 0; i < size; ++i) {
                if (((gone >> i) & 1) == 0) {
                    kept |= (u64)1 << i;
                    gone |= diagonal[i];
                }
            }
            keep[word] = kept;
        }
        __syncthreads();
        // One thread for each pair of a row of these 64 and a later word.
        u32 row = threadIdx.x / WORDS;
        u32 later = threadIdx.x % WORDS;
        if (later > word && later * 64 < taken && ((keep[word] >> row) & 1) != 0) {
            atomicOr(&removed[later], masks[(u64)(first + row) * WORDS + later]);
        }
        __syncthreads();
    }
}

// How many bits are set before bit i.
DELOS_DEVICE u32 bits_before(const u64* words, u32 i) {
    u32 sum = 0;
    for (u32 word = 0; word < i / 64; ++word) {
        sum += __popcll(words[word]);
    }
    return sum + __popcll(words[i / 64] & (((u64)1 << (i % 64)) - 1));
}

DELOS_DEVICE u32 bits_in(const u64* words) { return bits_before(words, MOST - 1) + (u32)(words[WORDS - 1] >> 63); }
