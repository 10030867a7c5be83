// A network's numbers into scores.
#pragma once
#include "common.cuh"

// Mirrored by `ScoreRule` in src/kernels/lidar.rs.
struct ScoreRule {
    float floor;      // no number below this can have a score that is high enough
    float least;      // the least score
    i32 is_logits;    // numbers go through the logistic function
};

DELOS_DEVICE float score_of_number(const ScoreRule& rule, float number) {
    return rule.is_logits != 0 ? (float)(1.0 / (1.0 + exp(-(double)number))) : number;
}
