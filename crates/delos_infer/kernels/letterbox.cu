// Fused letterbox: bilinear scaling, padding, channel order, normalisation, HWC u8 to NCHW, one launch for all
// cameras (grid.z). The integers are those of OpenCV's resize (INTER_LINEAR, 8 bits, weights of 11 bits); the
// same arithmetic as crates/delos_detect/src/camera/letterbox.rs and taps.rs, bit for bit.
//
// One thread makes one pixel of the network's input, all three channels. Block (32, 8), grid
// (ceil(width / 32), ceil(height / 8), views).
#include "common.cuh"

// One camera's image and where it lies in the network's input. Mirrored by `View` in src/kernels/letterbox.rs.
struct View {
    u64 start;               // first byte of the image in `pixels`
    double step_x, step_y;   // source pixels per target pixel
    i32 width, height;       // the image
    i32 left, top;           // first column and row of the input that show the image
    i32 across, down;        // columns and rows of the input that show it
};

struct Views {
    View view[8];
};

// What becomes of a grey level, by colour (red, green, blue): grey * gain + offset, in plane `plane`.
struct Normal {
    float gain[3];
    float offset[3];
    i32 plane[3];
    i32 pad;                 // grey level of the padding
};

// Two neighbouring source pixels along one axis and their weights.
struct Tap {
    i32 at[2];
    i32 weight[2];
};

DELOS_DEVICE Tap tap_at(i32 i, double step, i32 length, bool is_column) {
    float exact = (float)(((double)i + 0.5) * step - 0.5);
    float whole = floorf(exact);
    i32 pixel = (i32)whole;
    float fraction = exact - whole;
    // Columns: beyond the border the outermost pixel counts alone. Rows: it counts twice.
    if (is_column && (pixel < 0 || pixel >= length - 1)) {
        fraction = 0.0f;
    }
    Tap tap;
    tap.at[0] = clamp_int(pixel, 0, length - 1);
    tap.at[1] = clamp_int(pixel + 1, 0, length - 1);
    tap.weight[0] = (i32)rintf((1.0f - fraction) * 2048.0f);
    tap.weight[1] = (i32)rintf(fraction * 2048.0f);
    return tap;
}

// A weighted pair of grey levels of one row, cut to 7 fractional bits.
DELOS_DEVICE i32 across_row(const u8* row, Tap column, i32 colour) {
    i32 sum = row[column.at[0] * 3 + colour] * column.weight[0] + row[column.at[1] * 3 + colour] * column.weight[1];
    return sum >> 4;
}

// A weighted pair of results of across_row, as a grey level.
DELOS_DEVICE i32 down_column(i32 upper, i32 lower, Tap row) {
    return (((upper * row.weight[0]) >> 16) + ((lower * row.weight[1]) >> 16) + 2) >> 2;
}

DELOS_DEVICE void store(float* target, float value) { *target = value; }
DELOS_DEVICE void store(u16* target, float value) { *target = half_bits(value); }

template <typename Number>
DELOS_DEVICE void letterbox(const u8* pixels, const Views& views, const Normal& normal, i32 width, i32 height,
                            Number* tensor) {
    i32 x = blockIdx.x * blockDim.x + threadIdx.x;
    i32 y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) {
        return;
    }
    const View& view = views.view[blockIdx.z];
    i32 column = x - view.left;
    i32 row = y - view.top;
    bool is_inside = column >= 0 && column < view.across && row >= 0 && row < view.down;
    i32 grey[3] = {normal.pad, normal.pad, normal.pad};
    if (is_inside) {
        Tap tap_x = tap_at(column, view.step_x, view.width, true);
        Tap tap_y = tap_at(row, view.step_y, view.height, false);
        const u8* upper = pixels + view.start + (u64)tap_y.at[0] * view.width * 3;
        const u8* lower = pixels + view.start + (u64)tap_y.at[1] * view.width * 3;
        for (i32 colour = 0; colour < 3; ++colour) {
            grey[colour] = down_column(across_row(upper, tap_x, colour), across_row(lower, tap_x, colour), tap_y);
        }
    }
    u64 area = (u64)width * height;
    Number* image = tensor + 3 * area * blockIdx.z + (u64)y * width + x;
    for (i32 colour = 0; colour < 3; ++colour) {
        store(image + normal.plane[colour] * area, (float)grey[colour] * normal.gain[colour] + normal.offset[colour]);
    }
}

DELOS_KERNEL letterbox_f32(const u8* pixels, Views views, Normal normal, i32 width, i32 height, float* tensor) {
    letterbox(pixels, views, normal, width, height, tensor);
}

DELOS_KERNEL letterbox_f16(const u8* pixels, Views views, Normal normal, i32 width, i32 height, u16* tensor) {
    letterbox(pixels, views, normal, width, height, tensor);
}
