// A stand-in for NVIDIA's management library (libnvidia-ml.so.1): one GPU, that of driver.cpp, whose clock rises from
// 345 to 1980 MHz at the first look and whose memory fills by 64 MiB with each look.
#include <cstring>

namespace {

enum Result { SUCCESS = 0, INVALID_ARGUMENT = 2, NOT_FOUND = 6 };
enum Clock { GRAPHICS = 0, SM = 1, MEMORY = 2 };

struct Memory {
    unsigned version;
    unsigned long long total, reserved, free, used;
};

constexpr unsigned long long MIB = 1ull << 20;
constexpr unsigned long long SW_POWER_CAP = 4, GPU_IDLE = 1;

unsigned looks_at_memory = 0;
unsigned looks_at_clock = 0;

}  // namespace

#define MANAGEMENT extern "C" __attribute__((visibility("default"))) int

MANAGEMENT nvmlInit_v2() { return SUCCESS; }
MANAGEMENT nvmlShutdown() { return SUCCESS; }

MANAGEMENT nvmlSystemGetDriverVersion(char* text, unsigned size) {
    if (size < 16) return INVALID_ARGUMENT;
    std::strcpy(text, "580.00.01");
    return SUCCESS;
}

MANAGEMENT nvmlDeviceGetHandleByUUID(const char* uuid, void** device) {
    static char only;
    *device = &only;
    return std::strcmp(uuid, "GPU-64656c6f-732d-7374-616e-642d696e2d30") == 0 ? SUCCESS : NOT_FOUND;
}

MANAGEMENT nvmlDeviceGetMemoryInfo_v2(void*, Memory* memory) {
    memory->total = 1024 * MIB;
    memory->used = 64 * MIB * ++looks_at_memory;
    memory->free = memory->total - memory->used;
    return SUCCESS;
}

MANAGEMENT nvmlDeviceGetClockInfo(void*, int clock, unsigned* mhz) {
    *mhz = clock == MEMORY ? 2619 : (looks_at_clock++ == 0 ? 345 : 1980);
    return SUCCESS;
}

MANAGEMENT nvmlDeviceGetTemperature(void*, int, unsigned* celsius) { *celsius = 41; return SUCCESS; }
MANAGEMENT nvmlDeviceGetPowerUsage(void*, unsigned* milliwatts) { *milliwatts = 120500; return SUCCESS; }

MANAGEMENT nvmlDeviceGetCurrentClocksThrottleReasons(void*, unsigned long long* reasons) {
    *reasons = looks_at_clock > 1 ? SW_POWER_CAP : GPU_IDLE;
    return SUCCESS;
}
