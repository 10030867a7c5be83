// Rectangles in the image.
#pragma once
#include "common.cuh"

// From the network's input back to the image. Mirrored by `ImageFit` in src/kernels/images.rs.
struct ImageFit {
    float scale, left, top;   // image pixels per input pixel; where the image begins in the input
    float right, bottom;      // last pixel of the image
};

struct ImageFits {
    ImageFit fit[8];
};

struct Rectangle2 {
    float x1, y1, x2, y2;
};
