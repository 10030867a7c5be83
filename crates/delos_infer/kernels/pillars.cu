// Points into pillars, and pillars onto the grid: the rules of crates/delos_detect/src/lidar/network/pillars.rs.
//
// Pillars come in the order of their first point in the scan and keep their first points in scan order, whatever
// the order in which threads run: the first point of a cell is a minimum, the number of a pillar a prefix sum over
// the scan, and the points of a pillar are kept sorted while they are inserted (insert_points).
#include "common.cuh"

#define NOWHERE 0xffffffffu
#define SCAN_BLOCK 1024

// Mirrored by `PillarShape` in src/kernels/pillars.rs.
struct PillarShape {
    float least[3], side[3], cells[3];   // of the range, of a cell; cells along x, y, z
    float shift[3];                      // from the vehicle's frame to the network's, after turning
    float intensity_max;
    i32 is_y_forward;
    i32 columns;
    i32 points, most, features;          // most points in a pillar, most pillars, numbers of a point
    i32 is_planes;                       // [features, pillars, points] instead of [pillars, points, features]
    i32 column[12];                      // which number of a point each feature is
};

// What is counted over a scan.
struct PillarTotals {
    u32 pillars;     // cells with a point; of these at most `most` become pillars
    u32 inside;      // points in the range
};

struct LidarPoint {
    float x, y, z, intensity;
};

// x, y, z in the network's frame.
DELOS_DEVICE void place_in_network(const LidarPoint& point, const PillarShape& shape, float at[3]) {
    at[0] = shape.is_y_forward != 0 ? shape.shift[0] - point.y : point.x + shape.shift[0];
    at[1] = shape.is_y_forward != 0 ? point.x + shape.shift[1] : point.y + shape.shift[1];
    at[2] = point.z + shape.shift[2];
}

// points [count] -> cells [count] (NOWHERE outside), first [grid]: the least number of a point in each cell (all
// ones before). totals are zero before.
DELOS_KERNEL __launch_bounds__(256)
pillar_cells(const LidarPoint* points, u32 count, PillarShape shape, u32* cells, u32* first, PillarTotals* totals) {
    u32 i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) {
        return;
    }
    float at[3];
    place_in_network(points[i], shape, at);
    float u = (at[0] - shape.least[0]) / shape.side[0];
    float v = (at[1] - shape.least[1]) / shape.side[1];
    float w = (at[2] - shape.least[2]) / shape.side[2];
    bool is_inside = u >= 0.0f && u < shape.cells[0] && v >= 0.0f && v < shape.cells[1] && w >= 0.0f &&
                     w < shape.cells[2];
    u32 cell = NOWHERE;
    if (is_inside) {
        cell = (u32)v * (u32)shape.columns + (u32)u;
        atomicMin(&first[cell], i);
        atomicAdd(&totals->inside, 1u);
    }
    cells[i] = cell;
}

DELOS_DEVICE bool begins_pillar(const u32* cells, const u32* first, u32 count, u32 i) {
    return i < count && cells[i] != NOWHERE && first[cells[i]] == i;
}

// The sum over threads before this one, of all 1024 of the block; sums [1024] are shared.
DELOS_DEVICE u32 sum_before(u32 value, u32* sums) {
    u32 thread = threadIdx.x;
    sums[thread] = value;
    __syncthreads();
    for (u32 step = 1; step < SCAN_BLOCK; step *= 2) {
        u32 other = thread >= step ? sums[thread - step] : 0;
        __syncthreads();
        sums[thread] += other;
        __syncthreads();
    }
    return sums[thread] - value;
}

// How many pillars begin in each 1024 points.
DELOS_KERNEL __launch_bounds__(SCAN_BLOCK)
pillar_begins(const u32* cells, const u32* first, u32 count, u32* begins) {
    __shared__ u32 sum;
    if (threadIdx.x == 0) {
        sum = 0;
    }
    __syncthreads();
    if (begins_pillar(cells, first, count, blockIdx.x * SCAN_BLOCK + threadIdx.x)) {
        atomicAdd(&sum, 1u);
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        begins[blockIdx.x] = sum;
    }
}

// Makes of each of `blocks` sums the sum of those before it. One block.
DELOS_KERNEL __launch_bounds__(SCAN_BLOCK) pillar_offsets(u32* begins, u32 blocks, PillarTotals* totals) {
    __shared__ u32 sums[SCAN_BLOCK];
    u32 before = 0;
    for (u32 start = 0; start < blocks; start += SCAN_BLOCK) {
        u32 i = start + threadIdx.x;
        u32 own = i < blocks ? begins[i] : 0;
        u32 offset = before + sum_before(own, sums);
        if (i < blocks) {
            begins[i] = offset;
        }
        before += sums[SCAN_BLOCK - 1];
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        totals->pillars = before;
    }
}

// Numbers the pillars: slot_of [grid] at cells with points (NOWHERE past the most), cell_of [most].
DELOS_KERNEL __launch_bounds__(SCAN_BLOCK)
pillar_numbers(const u32* cells, const u32* first, u32 count, const u32* offsets, u32 most, u32* slot_of,
               u32* cell_of) {
    __shared__ u32 sums[SCAN_BLOCK];
    u32 i = blockIdx.x * SCAN_BLOCK + threadIdx.x;
    bool is_first = begins_pillar(cells, first, count, i);
    u32 number = offsets[blockIdx.x] + sum_before(is_first ? 1 : 0, sums);
    if (is_first) {
        slot_of[cells[i]] = number < most ? number : NOWHERE;
        if (number < most) {
            cell_of[number] = cells[i];
        }
    }
}

// places [most, points] (all ones before): the least numbers of the points of each pillar, sorted.
//
// Each point walks along the places of its pillar. At each it leaves the lesser number and carries on the greater
// one: place k ends with the least of all that came by, and passes on the rest. In the end the least numbers stand in
// order, in whatever order the points came.
DELOS_KERNEL __launch_bounds__(256)
insert_points(const u32* cells, u32 count, const u32* slot_of, u32 points, u32* places) {
    u32 i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count || cells[i] == NOWHERE || slot_of[cells[i]] == NOWHERE) {
        return;
    }
    u32* own = places + (u64)slot_of[cells[i]] * points;
    // A full pillar of lesser numbers stays as it is: places never grow.
    if (own[points - 1] < i) {
        return;
    }
    u32 carried = i;
    for (u32 place = 0; place < points && carried != NOWHERE; ++place) {
        u32 found = atomicMin(&own[place], carried);
        carried = found > carried ? found : carried;
    }
}

// Number `column` of a point.
DELOS_DEVICE float number_of(i32 column, const float at[3], float intensity, float age, const float mean[3],
                             const float middle[3]) {
    switch (column) {
        case 0: return at[0];
        case 1: return at[1];
        case 2: return at[2];
        case 3: return intensity;
        case 4: return age;
        case 5: return at[0] - mean[0];
        case 6: return at[1] - mean[1];
        case 7: return at[2] - mean[2];
        case 8: return at[0] - middle[0];
        case 9: return at[1] - middle[1];
        case 10: return at[2] - middle[2];
        case 11: return sqrtf(at[0] * at[0] + at[1] * at[1] + at[2] * at[2]);
        default: return 0.0f;
    }
}

// What the threads of a block share: 32 points at a time of each of 4 pillars.
struct Gathered {
    float at[4][32][3];
    double sums[4][3];
    u32 sizes[4];
};

// Sums and counts the points of a pillar, in scan order, one thread for each axis. All threads of the block call it.
DELOS_DEVICE void sum_points(const LidarPoint* points, const u32* own, bool has_points, const PillarShape& shape,
                             Gathered& shared) {
    u32 lane = threadIdx.x;
    u32 row = threadIdx.y;
    u32 capacity = (u32)shape.points;
    if (lane < 3) {
        shared.sums[row][lane] = 0.0;
    }
    if (lane == 3) {
        shared.sizes[row] = 0;
    }
    __syncthreads();
    for (u32 start = 0; start < capacity; start += 32) {
        u32 place = start + lane;
        if (has_points && place < capacity && own[place] != NOWHERE) {
            place_in_network(points[own[place]], shape, shared.at[row][lane]);
            atomicAdd(&shared.sizes[row], 1u);
        }
        __syncthreads();
        if (lane < 3) {
            for (u32 i = start; i < shared.sizes[row]; ++i) {
                shared.sums[row][lane] += (double)shared.at[row][i - start][lane];
            }
        }
        __syncthreads();
    }
}

// Writes the numbers of a pillar's points, and zeros behind them.
DELOS_DEVICE void write_points(const LidarPoint* points, const float* ages, const u32* own, u32 size,
                               const float mean[3], const float middle[3], const PillarShape& shape, u32 pillar,
                               float* tensor) {
    u64 capacity = (u64)shape.points;
    for (u32 place = threadIdx.x; place < capacity; place += 32) {
        LidarPoint point = {0.0f, 0.0f, 0.0f, 0.0f};
        float at[3] = {0.0f, 0.0f, 0.0f};
        if (place < size) {
            point = points[own[place]];
            place_in_network(point, shape, at);
        }
        float intensity = point.intensity * shape.intensity_max;
        float age = ages != nullptr && place < size ? ages[own[place]] : 0.0f;
        for (i32 feature = 0; feature < shape.features; ++feature) {
            float value = place < size ? number_of(shape.column[feature], at, intensity, age, mean, middle) : 0.0f;
            u64 target = shape.is_planes != 0 ? ((u64)feature * shape.most + pillar) * capacity + place
                                              : (pillar * capacity + place) * shape.features + feature;
            tensor[target] = value;
        }
    }
}

// The network's input with all `most` pillars: those after the last one repeat the first. counts and listed [most]
// likewise. ages: seconds, of each point, or none: then all are 0. Block (32, 4): 32 points at a time of 4 pillars;
// grid (most / 4).
DELOS_KERNEL __launch_bounds__(128)
pillar_features(const LidarPoint* points, const float* ages, const u32* places, const u32* cell_of,
                const PillarTotals* totals, PillarShape shape, float* tensor, u32* counts, u32* listed) {
    __shared__ Gathered shared;
    u32 row = threadIdx.y;
    u32 pillar = blockIdx.x * 4 + row;
    u32 most = (u32)shape.most;
    u32 known = totals->pillars < most ? totals->pillars : most;
    u32 source = pillar < known ? pillar : 0;
    bool has_points = pillar < most && known > 0;
    const u32* own = places + (u64)source * shape.points;
    sum_points(points, own, has_points, shape, shared);
    if (pillar >= most) {
        return;
    }
    u32 size = shared.sizes[row];
    u32 cell = has_points ? cell_of[source] : 0;
    if (threadIdx.x == 0) {
        counts[pillar] = size;
        listed[pillar] = cell;
    }
    float mean[3];
    float middle[3];
    u32 index[3] = {cell % (u32)shape.columns, cell / (u32)shape.columns, 0};
#pragma unroll
    for (i32 axis = 0; axis < 3; ++axis) {
        mean[axis] = (float)(shared.sums[row][axis] / (double)(size > 0 ? size : 1));
        middle[axis] = (float)index[axis] * shape.side[axis] + (shape.side[axis] / 2.0f + shape.least[axis]);
    }
    write_points(points, ages, own, size, mean, middle, shape, pillar, tensor);
}

// Columns of a tensor of cells. Mirrored by `CellColumns` in src/kernels/pillars.rs: 0 for a constant zero, 1 for the
// column of the grid, 2 for its row.
struct CellColumns {
    i32 count;
    i32 kind[4];
};

template <typename Number>
DELOS_DEVICE void list_cells(const u32* listed, u32 most, u32 columns, CellColumns order, Number* target) {
    u32 i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= most * (u32)order.count) {
        return;
    }
    u32 cell = listed[i / order.count];
    i32 kind = order.kind[i % order.count];
    target[i] = (Number)(kind == 1 ? cell % columns : (kind == 2 ? cell / columns : 0));
}

// listed [most] -> the cells as the network takes them, [most, columns].
DELOS_KERNEL pillar_cells_i32(const u32* listed, u32 most, u32 columns, CellColumns order, i32* target) {
    list_cells(listed, most, columns, order, target);
}

DELOS_KERNEL pillar_cells_i64(const u32* listed, u32 most, u32 columns, CellColumns order, long long* target) {
    list_cells(listed, most, columns, order, target);
}

// features [pillars, channels] -> canvas [channels, grid] (zero before) at the cells of the first pillars, one thread
// per number.
DELOS_KERNEL __launch_bounds__(256)
scatter_pillars(const float* features, const u32* cell_of, const PillarTotals* totals, u32 most, u32 channels,
                u32 grid, float* canvas) {
    u32 i = blockIdx.x * blockDim.x + threadIdx.x;
    u32 known = totals->pillars < most ? totals->pillars : most;
    u32 pillar = i / channels;
    if (pillar < known) {
        canvas[(u64)(i % channels) * grid + cell_of[pillar]] = features[i];
    }
}
