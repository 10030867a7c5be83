// A stand-in for the driver's library: what delos calls of libcuda, on the processor. With it in the place of
// libcuda.so.1 a program that uses a GPU runs without one, and everything between it and the kernels is tested:
// contexts, streams, memory, copies, events, modules, launches. Each stream does its work when it is waited for.
#include "streams.hpp"

#include "../delos.cu"

#include <mutex>
#include <tuple>

namespace {

enum Result {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    NOT_READY = 600,
};

// ---- kernels by name ----

// A launch's arguments, copied: the caller's are gone when the kernel runs.
template <typename... A, size_t... I>
std::shared_ptr<void> copied(void (*)(A...), void** parameters, std::index_sequence<I...>) {
    return std::make_shared<std::tuple<A...>>(*static_cast<A*>(parameters[I])...);
}

template <typename... A> std::shared_ptr<void> copied(void (*kernel)(A...), void** parameters) {
    return copied(kernel, parameters, std::index_sequence_for<A...>{});
}

template <typename... A> void call(void (*kernel)(A...), const void* arguments) {
    std::apply(kernel, *static_cast<const std::tuple<A...>*>(arguments));
}

struct Kernel {
    void (*body)(const void* arguments);
    std::shared_ptr<void> (*copy)(void** parameters);
};

template <auto kernel> Kernel kernel_of() {
    return {[](const void* arguments) { call(kernel, arguments); },
            [](void** parameters) { return copied(kernel, parameters); }};
}

const std::map<std::string, Kernel> KERNELS = {
#define KERNEL(name) {#name, kernel_of<name>()},
#include "kernels.inc"
};

// ---- the device ----

constexpr size_t MEMORY = (size_t)1 << 30;

// Everything is one thread's at a time; a context is each thread's own.
std::recursive_mutex everything;
thread_local void* current_context = nullptr;
char primary_context = 0;
bool is_retained = false;
size_t used_memory = 0;
std::map<u64, size_t> sizes;

// What needs a context that was made the thread's own.
template <typename F> int in_context(F work) {
    std::lock_guard<std::recursive_mutex> held(everything);
    return current_context == nullptr ? INVALID_CONTEXT : work();
}

// The same with a stream.
template <typename F> int in_stream(void* stream, F work) {
    return in_context([&]() -> int { return stream == nullptr ? INVALID_HANDLE : work(); });
}

void* at(u64 address) { return reinterpret_cast<void*>(address); }

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
DRIVER cuDeviceTotalMem_v2(size_t* bytes, int) { *bytes = MEMORY; return SUCCESS; }
DRIVER cuDeviceGetAttribute(int* value, int attribute, int) {
    // Compute capability 9.0 (75 and 76); memory pools (115).
    *value = attribute == 75 ? 9 : (attribute == 115 ? 1 : 0);
    return SUCCESS;
}

// The last release ends the context, and making another one takes a driver long: a program keeps one.
DRIVER cuDevicePrimaryCtxRetain(void** context, int) {
    std::lock_guard<std::recursive_mutex> held(everything);
    if (is_retained) refuse("the device's context is made a second time");
    is_retained = true;
    *context = &primary_context;
    return SUCCESS;
}
DRIVER cuDevicePrimaryCtxRelease_v2(int) { return SUCCESS; }
DRIVER cuCtxGetCurrent(void** context) { *context = current_context; return SUCCESS; }
DRIVER cuCtxSetCurrent(void* context) { current_context = context; return SUCCESS; }
DRIVER cuCtxSynchronize() {
    return in_context([] { catch_up_all(); return SUCCESS; });
}

DRIVER cuStreamCreate(void** stream, unsigned) {
    return in_context([&] {
        streams.push_back(std::make_shared<Stream>());
        *stream = new SharedStream(streams.back());
        return SUCCESS;
    });
}
DRIVER cuStreamDestroy_v2(void* stream) {
    return in_stream(stream, [&] {
        catch_up(*shared<Stream>(stream));
        streams.erase(std::find(streams.begin(), streams.end(), shared<Stream>(stream)));
        delete static_cast<SharedStream*>(stream);
        return SUCCESS;
    });
}
DRIVER cuStreamSynchronize(void* stream) {
    return in_stream(stream, [&] { catch_up(*shared<Stream>(stream)); return SUCCESS; });
}
DRIVER cuStreamWaitEvent(void* stream, void* event, unsigned) {
    return in_stream(stream, [&] { wait_in_stream(stream, *shared<Event>(event)); return SUCCESS; });
}

DRIVER cuEventCreate(void** event, unsigned) {
    return in_context([&] { *event = new std::shared_ptr<Event>(std::make_shared<Event>()); return SUCCESS; });
}
DRIVER cuEventDestroy_v2(void* event) {
    return in_context([&] { delete static_cast<std::shared_ptr<Event>*>(event); return SUCCESS; });
}
DRIVER cuEventRecord(void* event, void* stream) {
    return in_stream(stream, [&] { record(shared<Event>(event), stream); return SUCCESS; });
}
DRIVER cuEventSynchronize(void* event) {
    return in_context([&] { wait_for(*shared<Event>(event)); return SUCCESS; });
}
DRIVER cuEventQuery(void* event) {
    return in_context([&] { return has_happened(*shared<Event>(event)) ? SUCCESS : NOT_READY; });
}
DRIVER cuEventElapsedTime_v2(float* millis, void* start, void* end) {
    return in_context([&] {
        Event &from = *shared<Event>(start), &to = *shared<Event>(end);
        if (!from.stream || !to.stream) return INVALID_HANDLE;
        if (!has_happened(from) || !has_happened(to)) return NOT_READY;
        *millis = ((float)to.launches - (float)from.launches) / 1000.0f;
        return SUCCESS;
    });
}

// New memory holds what nobody should read.
DRIVER cuMemAllocAsync(u64* address, size_t bytes, void* stream) {
    return in_stream(stream, [&] {
        if (used_memory + bytes > MEMORY) catch_up_all();
        if (used_memory + bytes > MEMORY) return OUT_OF_MEMORY;
        *address = allocate(bytes);
        std::memset(at(*address), 0xa5, bytes);
        sizes[*address] = bytes;
        used_memory += bytes;
        return SUCCESS;
    });
}
DRIVER cuMemFreeAsync(u64 address, void* stream) {
    return in_stream(stream, [&] {
        ask(stream, [address] {
            release(address);
            used_memory -= sizes[address];
            sizes.erase(address);
        });
        return SUCCESS;
    });
}
DRIVER cuMemHostAlloc(void** address, size_t bytes, unsigned) {
    return in_context([&] {
        *address = at(allocate(bytes));
        pinned[static_cast<char*>(*address)] = bytes;
        return SUCCESS;
    });
}
DRIVER cuMemFreeHost(void* address) {
    return in_context([&] {
        auto start = static_cast<char*>(address);
        refuse_if_in_use(start, pinned[start]);
        pinned.erase(start);
        release(reinterpret_cast<u64>(address));
        return SUCCESS;
    });
}

// What is not pinned is copied aside before the call returns.
DRIVER cuMemcpyHtoDAsync_v2(u64 to, const void* from, size_t bytes, void* stream) {
    return in_stream(stream, [&] {
        if (is_pinned(from)) {
            ask(stream, [=] { std::memcpy(at(to), from, bytes); }, from);
            return SUCCESS;
        }
        auto start = static_cast<const char*>(from);
        std::vector<char> aside(start, start + bytes);
        ask(stream, [to, aside = std::move(aside)] { std::memcpy(at(to), aside.data(), aside.size()); });
        return SUCCESS;
    });
}
// What is not pinned is there when the call returns.
DRIVER cuMemcpyDtoHAsync_v2(void* to, u64 from, size_t bytes, void* stream) {
    return in_stream(stream, [&] {
        ask(stream, [=] { std::memcpy(to, at(from), bytes); }, to);
        if (!is_pinned(to)) catch_up(*shared<Stream>(stream));
        return SUCCESS;
    });
}
DRIVER cuMemcpyDtoDAsync_v2(u64 to, u64 from, size_t bytes, void* stream) {
    return in_stream(stream, [&] {
        ask(stream, [=] { std::memcpy(at(to), at(from), bytes); });
        return SUCCESS;
    });
}
DRIVER cuMemsetD8Async(u64 address, unsigned char byte, size_t bytes, void* stream) {
    return in_stream(stream, [&] {
        ask(stream, [=] { std::memset(at(address), byte, bytes); });
        return SUCCESS;
    });
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
    *function = &found->second;
    return SUCCESS;
}

DRIVER cuLaunchKernel(const void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                      unsigned bz, unsigned shared, void* stream, void** parameters, void** extra) {
    return in_stream(stream, [&] {
        // The limits of every device since compute capability 3.0.
        bool fits = gx > 0 && gy > 0 && gz > 0 && gy <= 65535 && gz <= 65535 && bx * by * bz > 0 &&
                    bx * by * bz <= 1024 && bz <= 64;
        if (!fits || shared != 0 || extra != nullptr) return INVALID_VALUE;
        auto* kernel = static_cast<const Kernel*>(function);
        std::shared_ptr<void> arguments = kernel->copy(parameters);
        ask(stream, [=] {
            gridDim = {gx, gy, gz};
            blockDim = {bx, by, bz};
            ++launches;
            launch(kernel->body, arguments.get(), launches);
        });
        return SUCCESS;
    });
}
