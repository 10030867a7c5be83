// Upright boxes and their overlap seen from above, in f64: the arithmetic of crates/delos_geom/src/oriented.rs.
#pragma once
#include "common.cuh"

#define PI 3.14159265358979323846

// A box of the vehicle's frame: middle, length, width, height in metres, yaw before it is wrapped.
struct Box3d {
    double x, y, z;
    double length, width, height;
    double yaw;
};

// From the network's frame to the vehicle's. Mirrored by `FrameOfNetwork` in src/kernels/lidar.rs.
struct FrameOfNetwork {
    double shift[3];
    double turn;
    i32 is_y_forward;
    i32 unused;
};

// Carries a box into the vehicle's frame; false where its numbers are out of all bounds.
DELOS_DEVICE bool to_ego(Box3d& box, const FrameOfNetwork& frame) {
    double x = box.x - frame.shift[0];
    double y = box.y - frame.shift[1];
    box.x = frame.is_y_forward != 0 ? y : x;
    box.y = frame.is_y_forward != 0 ? -x : y;
    box.z = box.z - frame.shift[2];
    box.yaw = box.yaw - frame.turn;
    const double largest = 1000.0;
    bool is_near = fabs(box.x) <= largest && fabs(box.y) <= largest && fabs(box.z) <= largest;
    bool is_small = box.length <= largest && box.width <= largest && box.height <= largest;
    return is_near && is_small && box.length > 0.0 && box.width > 0.0 && box.height > 0.0 && isfinite(box.yaw);
}

// In (-pi, pi].
DELOS_DEVICE double wrapped(double yaw) {
    double rest = fmod(yaw, 2.0 * PI);
    rest = rest < 0.0 ? rest + 2.0 * PI : rest;
    return rest > PI ? rest - 2.0 * PI : rest;
}

// A yaw from x towards y, out of one against y, growing towards x negative.
DELOS_DEVICE double usual_yaw(bool is_minus_y, double yaw) { return is_minus_y ? -yaw - PI / 2.0 : yaw; }

// A box seen from above, its yaw wrapped.
struct Footprint {
    double x, y, length, width, yaw;
};

DELOS_DEVICE Footprint footprint_of(const Box3d& box) {
    Footprint found = {box.x, box.y, box.length, box.width, wrapped(box.yaw)};
    return found;
}

// Sides are positive and at most a kilometre (to_ego): the area is a number. It can be zero.
DELOS_DEVICE double area_of(const Footprint& f) { return f.length * f.width; }

// Orders as f64::total_cmp.
DELOS_DEVICE i32 compare(double a, double b) {
    long long left = __double_as_longlong(a);
    long long right = __double_as_longlong(b);
    left ^= (long long)((u64)(left >> 63) >> 1);
    right ^= (long long)((u64)(right >> 63) >> 1);
    return left < right ? -1 : (left > right ? 1 : 0);
}

// Whether a clips b: a fixed choice makes the overlap the same either way round.
DELOS_DEVICE bool comes_first(const Footprint& a, const Footprint& b) {
    i32 order = compare(a.x, b.x);
    order = order != 0 ? order : compare(a.y, b.y);
    order = order != 0 ? order : compare(a.yaw, b.yaw);
    order = order != 0 ? order : compare(a.length, b.length);
    order = order != 0 ? order : compare(a.width, b.width);
    return order <= 0;
}

DELOS_DEVICE bool is_out_of_reach(const Footprint& a, const Footprint& b) {
    double reach = hypot(a.length, a.width) / 2.0 + hypot(b.length, b.width) / 2.0;
    return hypot(a.x - b.x, a.y - b.y) >= reach;
}

// Corners of a convex polygon. They lie in shared memory, each thread's own 64 values apart: an array of a
// thread that is indexed by a variable would go to slow local memory.
#define CORNERS 16
#define LANES 64

struct Polygon {
    double* values;   // [16, 2, 64], at this thread's place
    i32 count;

    __device__ __forceinline__ double& at(i32 corner, i32 axis) { return values[(corner * 2 + axis) * LANES]; }

    __device__ __forceinline__ void push(double x, double y) {
        if (count < CORNERS) {
            at(count, 0) = x;
            at(count, 1) = y;
            ++count;
        }
    }
};

// `subject` in the axes of `base`, counter-clockwise.
DELOS_DEVICE void set_in_axes_of(const Footprint& base, const Footprint& subject, Polygon& polygon) {
    double sine = sin(base.yaw);
    double cosine = cos(base.yaw);
    double dx = subject.x - base.x;
    double dy = subject.y - base.y;
    double x = dx * cosine + dy * sine;
    double y = dy * cosine - dx * sine;
    double turn_sine = sin(subject.yaw - base.yaw);
    double turn_cosine = cos(subject.yaw - base.yaw);
    polygon.count = 0;
    for (i32 corner = 0; corner < 4; ++corner) {
        double along = corner == 0 || corner == 3 ? subject.length / 2.0 : -(subject.length / 2.0);
        double across = corner < 2 ? subject.width / 2.0 : -(subject.width / 2.0);
        polygon.push(x + along * turn_cosine - across * turn_sine, y + along * turn_sine + across * turn_cosine);
    }
}

// The part of `from` where half - p[axis] (or half + p[axis]) is not negative.
DELOS_DEVICE void clip(Polygon& from, Polygon& to, i32 axis, double half, bool is_upper) {
    to.count = 0;
    for (i32 i = 0; i < from.count; ++i) {
        i32 next = i + 1 == from.count ? 0 : i + 1;
        double here = from.at(i, axis);
        double there = from.at(next, axis);
        double d_here = is_upper ? half - here : half + here;
        double d_there = is_upper ? half - there : half + there;
        if (d_here >= 0.0) {
            to.push(from.at(i, 0), from.at(i, 1));
        }
        if ((d_here > 0.0 && d_there < 0.0) || (d_here < 0.0 && d_there > 0.0)) {
            double t = d_here / (d_here - d_there);
            to.push(from.at(i, 0) + t * (from.at(next, 0) - from.at(i, 0)),
                    from.at(i, 1) + t * (from.at(next, 1) - from.at(i, 1)));
        }
    }
}

// Relative to one corner, so that far from the origin no digits are lost.
DELOS_DEVICE double polygon_area(Polygon& p) {
    double doubled = 0.0;
    for (i32 i = 0; i + 1 < p.count; ++i) {
        doubled += (p.at(i, 0) - p.at(0, 0)) * (p.at(i + 1, 1) - p.at(0, 1)) -
                   (p.at(i, 1) - p.at(0, 1)) * (p.at(i + 1, 0) - p.at(0, 0));
    }
    return doubled / 2.0;
}

// Area that both share (Sutherland and Hodgman 1974); `values` is room for two polygons of the block.
DELOS_DEVICE double shared_area(const Footprint& a, const Footprint& b, double* values) {
    double smaller = fmin(area_of(a), area_of(b));
    if (smaller <= 0.0 || is_out_of_reach(a, b)) {
        return 0.0;
    }
    bool is_a_first = comes_first(a, b);
    const Footprint& base = is_a_first ? a : b;
    const Footprint& subject = is_a_first ? b : a;
    Polygon whole = {values + threadIdx.x, 0};
    Polygon rest = {values + CORNERS * 2 * LANES + threadIdx.x, 0};
    set_in_axes_of(base, subject, whole);
    clip(whole, rest, 0, base.length / 2.0, true);
    clip(rest, whole, 0, base.length / 2.0, false);
    clip(whole, rest, 1, base.width / 2.0, true);
    clip(rest, whole, 1, base.width / 2.0, false);
    return clamp_double(polygon_area(whole), 0.0, smaller);
}

DELOS_DEVICE double iou_bev(const Footprint& a, const Footprint& b, double* values) {
    double shared = shared_area(a, b, values);
    double together = area_of(a) + area_of(b) - shared;
    return together > 0.0 ? clamp_double(shared / together, 0.0, 1.0) : 0.0;
}

// Whether even the squares around two boxes meet: a cheap look before the exact one.
DELOS_DEVICE bool can_touch(const Footprint& a, const Footprint& b) {
    double reach = (a.length + a.width + b.length + b.width) / 2.0;
    return fabs(a.x - b.x) < reach && fabs(a.y - b.y) < reach;
}
