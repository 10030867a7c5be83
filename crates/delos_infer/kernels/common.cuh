// What all kernels share. NVRTC has no host headers: the integer types are named here.
//
// Everything is compiled with --fmad=false: a product and a sum stay two roundings, as on the processor, so
// that + - * / and square roots give the processor's bits.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef int i32;
typedef unsigned int u32;
typedef unsigned long long u64;

#define DELOS_KERNEL extern "C" __global__ void
#define DELOS_DEVICE static __device__ __forceinline__

// Candidates of an image that take part in suppression; also the threads of a block that handles them.
#define MOST 1024

#ifndef DELOS_SHIM
// Bits of the half float nearest to x, ties to even.
DELOS_DEVICE u16 half_bits(float x) {
    u16 bits;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x));
    return bits;
}

// The number of a half float.
DELOS_DEVICE float number_of_half(u16 bits) {
    float x;
    asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(bits));
    return x;
}
#endif

// A network's number, as it gives it.
DELOS_DEVICE float number(float x) { return x; }
DELOS_DEVICE float number(u16 bits) { return number_of_half(bits); }

DELOS_DEVICE i32 clamp_int(i32 x, i32 low, i32 high) { return x < low ? low : (x > high ? high : x); }

// Rust's f32::clamp for numbers that are not NaN, the sign of zeros included.
DELOS_DEVICE float clamp_float(float x, float low, float high) { return x < low ? low : (x > high ? high : x); }

DELOS_DEVICE double clamp_double(double x, double low, double high) { return x < low ? low : (x > high ? high : x); }

// e^x rounded to f32. In f64, where the device's exp is off by one unit of the 53rd bit at most, so that the
// rounded result is the processor's unless e^x lies within 2^-29 units of a rounding boundary.
DELOS_DEVICE float exp_rounded(float x) { return (float)exp((double)x); }

// A number that orders as (score descending, index ascending) when sorted ascending; f32::total_cmp's order.
DELOS_DEVICE u64 order_key(float score, u32 index) {
    u32 bits = __float_as_uint(score);
    u32 ascending = bits ^ ((bits >> 31) != 0 ? 0xffffffffu : 0x80000000u);
    return ((u64)(~ascending) << 32) | index;
}

DELOS_DEVICE u32 index_of(u64 key) { return (u32)key; }

DELOS_DEVICE float score_of(u64 key) {
    u32 ascending = ~(u32)(key >> 32);
    return __uint_as_float(ascending ^ ((ascending >> 31) != 0 ? 0x80000000u : 0xffffffffu));
}

// Adds a candidate to the unordered list of its image; `keys` has room for every row.
DELOS_DEVICE void push_candidate(u64* keys, u32* count, float score, u32 row) {
    keys[atomicAdd(count, 1u)] = order_key(score, row);
}
