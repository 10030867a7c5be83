// A stand-in for the driver's library: what delos calls of libcuda, on the processor. With it in the place of
// libcuda.so.1 a program that uses a GPU runs without one, and everything between it and the kernels is tested:
// contexts, streams, memory, copies, events, modules, launches. Streams do their work at once.
#include "fibres.hpp"

#include "../delos.cu"

#include <map>
#include <utility>

namespace {

enum Result { SUCCESS = 0, INVALID_VALUE = 1, INVALID_CONTEXT = 201, INVALID_IMAGE = 200, NOT_FOUND = 500 };

template <typename... A, size_t... I>
void call(void (*kernel)(A...), void** parameters, std::index_sequence<I...>) {
    kernel(*static_cast<A*>(parameters[I])...);
}

template <typename... A> void call(void (*kernel)(A...), void** parameters) {
    call(kernel, parameters, std::index_sequence_for<A...>{});
}

template <auto kernel> void body(const void* parameters) {
    call(kernel, static_cast<void**>(const_cast<void*>(parameters)));
}

const std::map<std::string, void (*)(const void*)> KERNELS = {
#define KERNEL(name) {#name, body<name>},
#include "kernels.inc"
};

void* current_context = nullptr;
unsigned launches = 0;

// A module is an image that looks like one: machine code, or PTX.
bool is_image(const char* image) {
    return std::memcmp(image, "\x7f" "ELF", 4) == 0 || std::strstr(image, ".version") != nullptr;
}

}  // namespace

#define DRIVER extern "C" __attribute__((visibility("default"))) int

DRIVER cuInit(unsigned) { return SUCCESS; }
DRIVER cuDriverGetVersion(int* version) { *version = 13000; return SUCCESS; }
DRIVER cuGetErrorName(int, const char** text) { *text = "STAND_IN_ERROR"; return SUCCESS; }
DRIVER cuGetErrorString(int, const char** text) { *text = "an error of the stand-in"; return SUCCESS; }

// NVRTC asks for what it shares with the driver, and does without.
DRIVER cuGetExportTable(const void** table, const void*) { *table = nullptr; return NOT_FOUND; }

DRIVER cuDeviceGetCount(int* count) { *count = 1; return SUCCESS; }
DRIVER cuDeviceGet(int* device, int ordinal) { *device = ordinal; return ordinal == 0 ? SUCCESS : INVALID_VALUE; }
DRIVER cuDeviceGetName(char* name, int size, int) { std::snprintf(name, size, "stand-in on the processor"); return SUCCESS; }
DRIVER cuDeviceGetUuid_v2(char* uuid, int) { std::memcpy(uuid, "delos-stand-in-0", 16); return SUCCESS; }
DRIVER cuDeviceTotalMem_v2(size_t* bytes, int) { *bytes = (size_t)1 << 30; return SUCCESS; }
DRIVER cuDeviceGetAttribute(int* value, int attribute, int) {
    // Compute capability 9.0 (75 and 76); memory pools (115).
    *value = attribute == 75 ? 9 : (attribute == 115 ? 1 : 0);
    return SUCCESS;
}

DRIVER cuDevicePrimaryCtxRetain(void** context, int) { *context = &current_context; return SUCCESS; }
DRIVER cuDevicePrimaryCtxRelease_v2(int) { return SUCCESS; }
DRIVER cuCtxGetCurrent(void** context) { *context = current_context; return SUCCESS; }
DRIVER cuCtxSetCurrent(void* context) { current_context = context; return SUCCESS; }
DRIVER cuCtxSynchronize() { return SUCCESS; }

DRIVER cuStreamCreate(void** stream, unsigned) { *stream = new char; return SUCCESS; }
DRIVER cuStreamDestroy_v2(void* stream) { delete static_cast<char*>(stream); return SUCCESS; }
DRIVER cuStreamSynchronize(void*) { return SUCCESS; }
DRIVER cuStreamWaitEvent(void*, void*, unsigned) { return SUCCESS; }

// An event tells how many launches were before it; a launch takes a microsecond.
DRIVER cuEventCreate(unsigned** event, unsigned) { *event = new unsigned(0); return SUCCESS; }
DRIVER cuEventDestroy_v2(unsigned* event) { delete event; return SUCCESS; }
DRIVER cuEventRecord(unsigned* event, void*) { *event = launches; return SUCCESS; }
DRIVER cuEventSynchronize(unsigned*) { return SUCCESS; }
DRIVER cuEventQuery(unsigned*) { return SUCCESS; }
DRIVER cuEventElapsedTime_v2(float* millis, unsigned* start, unsigned* end) {
    *millis = (float)(*end - *start) / 1000.0f;
    return SUCCESS;
}

DRIVER cuMemAllocAsync(unsigned long long* address, size_t bytes, void*) { *address = allocate(bytes); return SUCCESS; }
DRIVER cuMemFreeAsync(unsigned long long address, void*) { release(address); return SUCCESS; }
DRIVER cuMemHostAlloc(void** address, size_t bytes, unsigned) {
    *address = reinterpret_cast<void*>(allocate(bytes));
    return SUCCESS;
}
DRIVER cuMemFreeHost(void* address) { release(reinterpret_cast<unsigned long long>(address)); return SUCCESS; }
DRIVER cuMemcpyHtoDAsync_v2(unsigned long long to, const void* from, size_t bytes, void*) {
    std::memcpy(reinterpret_cast<void*>(to), from, bytes);
    return SUCCESS;
}
DRIVER cuMemcpyDtoHAsync_v2(void* to, unsigned long long from, size_t bytes, void*) {
    std::memcpy(to, reinterpret_cast<void*>(from), bytes);
    return SUCCESS;
}
DRIVER cuMemcpyDtoDAsync_v2(unsigned long long to, unsigned long long from, size_t bytes, void*) {
    std::memcpy(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), bytes);
    return SUCCESS;
}
DRIVER cuMemsetD8Async(unsigned long long address, unsigned char byte, size_t bytes, void*) {
    std::memset(reinterpret_cast<void*>(address), byte, bytes);
    return SUCCESS;
}

DRIVER cuModuleLoadData(void** module, const char* image) {
    if (!is_image(image)) return INVALID_IMAGE;
    *module = new char;
    return SUCCESS;
}
DRIVER cuModuleUnload(void* module) { delete static_cast<char*>(module); return SUCCESS; }
DRIVER cuModuleGetFunction(const void** function, void*, const char* name) {
    auto found = KERNELS.find(name);
    if (found == KERNELS.end()) return NOT_FOUND;
    *function = &*found;
    return SUCCESS;
}

DRIVER cuLaunchKernel(const void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                      unsigned bz, unsigned shared, void* stream, void** parameters, void** extra) {
    if (current_context == nullptr || stream == nullptr) return INVALID_CONTEXT;
    // The limits of every device since compute capability 3.0.
    bool fits = gx > 0 && gy > 0 && gz > 0 && gy <= 65535 && gz <= 65535 && bx * by * bz > 0 &&
                bx * by * bz <= 1024 && bz <= 64;
    if (!fits || shared != 0 || extra != nullptr) return INVALID_VALUE;
    gridDim = {gx, gy, gz};
    blockDim = {bx, by, bz};
    ++launches;
    auto* entry = static_cast<const std::pair<const std::string, void (*)(const void*)>*>(function);
    launch(entry->second, parameters, launches);
    return SUCCESS;
}
