// What the kernels need of CUDA, for an ordinary C++17 compiler: tests run the kernels' own source on the
// processor. Threads of a block are fibres that take turns; __syncthreads() gives the turn away. In which order
// they and the blocks go is a parameter, so that a result that depends on the order shows.
#pragma once
#define DELOS_SHIM 1
#include <cmath>
#include <cstdint>
#include <cstring>

#define __global__
#define __device__
#define __forceinline__ inline
#define __shared__ static
#define __launch_bounds__(n)

struct Index3 {
    unsigned x, y, z;
};

extern Index3 threadIdx, blockIdx, blockDim, gridDim;
void __syncthreads();

using std::isfinite;
using std::isnan;

static inline unsigned __float_as_uint(float x) { unsigned bits; std::memcpy(&bits, &x, 4); return bits; }
static inline float __uint_as_float(unsigned bits) { float x; std::memcpy(&x, &bits, 4); return x; }
static inline long long __double_as_longlong(double x) { long long bits; std::memcpy(&bits, &x, 8); return bits; }
static inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }

template <typename T> static T swap_with(T* place, T value) { T old = *place; *place = value; return old; }
template <typename T> static T atomicAdd(T* place, T value) { return swap_with(place, (T)(*place + value)); }
template <typename T> static T atomicMin(T* place, T value) { return swap_with(place, *place < value ? *place : value); }
template <typename T> static T atomicOr(T* place, T value) { return swap_with(place, (T)(*place | value)); }

// Bits of the half float nearest to x, ties to even (IEEE 754-2008, binary16).
static inline unsigned short half_bits(float x) {
    unsigned bits = __float_as_uint(x);
    unsigned sign = bits >> 16 & 0x8000u;
    unsigned rest = bits & 0x7fffffffu;
    if (rest > 0x7f800000u) return (unsigned short)0x7fff;                  // NaN, as cvt.rn.f16.f32 gives it
    if (rest >= 0x477ff000u) return (unsigned short)(sign | 0x7c00u);       // rounds to 65536 or more
    if (rest < 0x38800000u) {                                              // below the normal halves
        float steps = std::rint(__uint_as_float(rest) * 16777216.0f);       // units of 2^-24
        return (unsigned short)(sign | (unsigned)steps);
    }
    unsigned odd = rest >> 13 & 1u;
    return (unsigned short)(sign | ((rest + 0xfffu + odd - 0x38000000u) >> 13));
}

// The number of a half float (IEEE 754-2008, binary16).
static inline float number_of_half(unsigned short bits) {
    unsigned sign = (unsigned)(bits & 0x8000u) << 16;
    unsigned rest = bits & 0x7fffu;
    if (rest < 0x400u) {                                                    // below the normal halves
        return __uint_as_float(sign | __float_as_uint((float)rest / 16777216.0f));
    }
    unsigned exponent = rest >= 0x7c00u ? 0x70000000u : 0x38000000u;        // infinities and NaN stay what they are
    return __uint_as_float(sign | ((rest << 13) + exponent));
}
