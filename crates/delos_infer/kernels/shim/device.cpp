// A stand-in for a GPU, driven through stdin and stdout: memory, copies, and kernels of delos.cu by name.
//
// Every buffer ends at a page that may not be touched, so that a kernel that runs over its end is caught.
// Requests are a u32 and its operands, little-endian; see `Simulated` in the tests.
#include "cuda.hpp"
#include "../delos.cu"

#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

Index3 threadIdx, blockIdx, blockDim, gridDim;

namespace {

// Everything that is sent to the launched kernel: one byte string per parameter.
using Arguments = std::vector<std::vector<unsigned char>>;

[[noreturn]] void refuse(const std::string& reason) {
    std::fprintf(stderr, "shim: %s\n", reason.c_str());
    std::exit(3);
}

// ---- fibres ----

constexpr size_t STACK = 128 * 1024;

struct Fibre {
    ucontext_t context;
    std::vector<char> stack = std::vector<char>(STACK);
    Index3 thread{};
    bool is_waiting = false;
};

struct Block {
    std::vector<unsigned> order;            // threads in the order in which they start
    size_t started = 0;
    std::vector<Fibre*> waiting;
    void (*body)(const Arguments&) = nullptr;
    const Arguments* arguments = nullptr;
} block;

ucontext_t scheduler;
Fibre* running = nullptr;
std::vector<Fibre*> idle;

Index3 thread_number(unsigned i) {
    return {i % blockDim.x, i / blockDim.x % blockDim.y, i / (blockDim.x * blockDim.y)};
}

// A fibre takes one thread after the other; only one that waits at a barrier needs another fibre beside it.
void fibre_main() {
    for (;;) {
        while (block.started < block.order.size()) {
            threadIdx = running->thread = thread_number(block.order[block.started++]);
            block.body(*block.arguments);
        }
        running->is_waiting = false;
        swapcontext(&running->context, &scheduler);
    }
}

Fibre* new_fibre() {
    Fibre* fibre = new Fibre;
    getcontext(&fibre->context);
    fibre->context.uc_stack.ss_sp = fibre->stack.data();
    fibre->context.uc_stack.ss_size = STACK;
    fibre->context.uc_link = nullptr;
    makecontext(&fibre->context, fibre_main, 0);
    return fibre;
}

Fibre* fresh_fibre() {
    if (idle.empty()) return new_fibre();
    Fibre* fibre = idle.back();
    idle.pop_back();
    return fibre;
}

// Lets a fibre run until it waits at a barrier or has no thread left.
void resume(Fibre* fibre, std::vector<Fibre*>& at_barrier) {
    running = fibre;
    threadIdx = fibre->thread;
    fibre->is_waiting = false;
    swapcontext(&scheduler, &fibre->context);
    (fibre->is_waiting ? at_barrier : idle).push_back(fibre);
}

void run_block(std::mt19937& random, unsigned schedule) {
    block.started = 0;
    std::vector<Fibre*> waiting;
    while (block.started < block.order.size()) resume(fresh_fibre(), waiting);
    while (!waiting.empty()) {
        // CUDA leaves open what happens when some threads of a block end and others wait.
        if (waiting.size() != block.order.size()) refuse("not all threads of a block reach a barrier");
        if (schedule > 1) std::shuffle(waiting.begin(), waiting.end(), random);
        std::vector<Fibre*> next;
        for (Fibre* fibre : waiting) resume(fibre, next);
        waiting = std::move(next);
    }
}

// Schedule 0: in order; 1: backwards; else shuffled by this seed.
std::vector<unsigned> order_of(unsigned count, unsigned schedule, std::mt19937& random) {
    std::vector<unsigned> order(count);
    std::iota(order.begin(), order.end(), 0u);
    if (schedule == 1) std::reverse(order.begin(), order.end());
    if (schedule > 1) std::shuffle(order.begin(), order.end(), random);
    return order;
}

void launch(void (*body)(const Arguments&), const Arguments& arguments, unsigned schedule) {
    std::mt19937 random(schedule);
    block.body = body;
    block.arguments = &arguments;
    unsigned threads = blockDim.x * blockDim.y * blockDim.z;
    for (unsigned i : order_of(gridDim.x * gridDim.y * gridDim.z, schedule, random)) {
        blockIdx = {i % gridDim.x, i / gridDim.x % gridDim.y, i / (gridDim.x * gridDim.y)};
        block.order = order_of(threads, schedule, random);
        run_block(random, schedule);
    }
}

// ---- kernels by name ----

template <typename T> T argument(const std::vector<unsigned char>& bytes, size_t place) {
    if (bytes.size() != sizeof(T)) {
        refuse("parameter " + std::to_string(place) + " takes " + std::to_string(sizeof(T)) + " bytes, got " +
               std::to_string(bytes.size()));
    }
    T value;
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
}

template <typename... A, size_t... I>
void call(void (*kernel)(A...), const Arguments& arguments, std::index_sequence<I...>) {
    if (arguments.size() != sizeof...(A)) refuse("wrong number of parameters");
    kernel(argument<A>(arguments[I], I)...);
}

template <typename... A> void call(void (*kernel)(A...), const Arguments& arguments) {
    call(kernel, arguments, std::index_sequence_for<A...>{});
}

template <auto kernel> void body(const Arguments& arguments) { call(kernel, arguments); }

const std::map<std::string, void (*)(const Arguments&)> KERNELS = {
#define KERNEL(name) {#name, body<name>},
#include "kernels.inc"
};

// ---- requests ----

template <typename T> T receive() {
    T value;
    if (std::fread(&value, sizeof(T), 1, stdin) != 1) std::exit(0);
    return value;
}

std::vector<unsigned char> receive_bytes() {
    std::vector<unsigned char> bytes(receive<u64>());
    if (!bytes.empty() && std::fread(bytes.data(), bytes.size(), 1, stdin) != 1) std::exit(0);
    return bytes;
}

// Zeroed memory whose end is the end of a page, to 8 bytes; the next page may not be touched.
u64 allocate(u64 bytes) {
    const u64 page = 4096;
    u64 size = (bytes + 7) / 8 * 8;
    u64 whole = (size + page - 1) / page * page;
    void* start = mmap(nullptr, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) refuse("out of memory");
    mprotect(static_cast<char*>(start) + whole, page, PROT_NONE);
    return reinterpret_cast<u64>(start) + whole - size;
}

void launch_request() {
    std::vector<unsigned char> text = receive_bytes();
    std::string name(text.begin(), text.end());
    gridDim = receive<Index3>();
    blockDim = receive<Index3>();
    unsigned schedule = receive<unsigned>();
    Arguments arguments(receive<unsigned>());
    for (auto& bytes : arguments) bytes = receive_bytes();
    auto found = KERNELS.find(name);
    if (found == KERNELS.end()) refuse("no kernel " + name);
    launch(found->second, arguments, schedule);
}

template <typename T> void answer(const T* values, size_t count) {
    std::fwrite(values, sizeof(T), count, stdout);
    std::fflush(stdout);
}

}  // namespace

void __syncthreads() {
    running->is_waiting = true;
    Fibre* own = running;
    swapcontext(&own->context, &scheduler);
    running = own;
    threadIdx = own->thread;
}

int main() {
    for (;;) {
        switch (receive<unsigned>()) {
            case 1: {
                u64 address = allocate(receive<u64>());
                answer(&address, 1);
                break;
            }
            case 2: {
                u64 address = receive<u64>();
                std::vector<unsigned char> bytes = receive_bytes();
                std::memcpy(reinterpret_cast<void*>(address), bytes.data(), bytes.size());
                break;
            }
            case 3: {
                u64 address = receive<u64>();
                answer(reinterpret_cast<unsigned char*>(address), receive<u64>());
                break;
            }
            case 4: {
                launch_request();
                unsigned done = 1;
                answer(&done, 1);
                break;
            }
            default:
                refuse("unknown request");
        }
    }
}
