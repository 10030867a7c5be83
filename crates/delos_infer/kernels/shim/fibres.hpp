// How the stand-ins run kernels: threads of a block are fibres that take turns at barriers.
#pragma once
#include "cuda.hpp"

#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

Index3 threadIdx, blockIdx, blockDim, gridDim;

namespace {

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
    void (*body)(const void*) = nullptr;
    const void* arguments = nullptr;
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
            block.body(block.arguments);
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

void launch(void (*body)(const void*), const void* arguments, unsigned schedule) {
    std::mt19937 random(schedule);
    block.body = body;
    block.arguments = arguments;
    unsigned threads = blockDim.x * blockDim.y * blockDim.z;
    for (unsigned i : order_of(gridDim.x * gridDim.y * gridDim.z, schedule, random)) {
        blockIdx = {i % gridDim.x, i / gridDim.x % gridDim.y, i / (gridDim.x * gridDim.y)};
        block.order = order_of(threads, schedule, random);
        run_block(random, schedule);
    }
}

// Where each allocation begins, and its length with the page behind it.
std::map<unsigned long long, std::pair<void*, size_t>> allocations;

// Zeroed memory whose end is the end of a page, to 8 bytes; the next page may not be touched.
unsigned long long allocate(unsigned long long bytes) {
    const unsigned long long page = 4096;
    unsigned long long size = (bytes + 7) / 8 * 8;
    unsigned long long whole = (size + page - 1) / page * page;
    void* start = mmap(nullptr, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) refuse("out of memory");
    mprotect(static_cast<char*>(start) + whole, page, PROT_NONE);
    unsigned long long address = reinterpret_cast<unsigned long long>(start) + whole - size;
    allocations[address] = {start, whole + page};
    return address;
}

void release(unsigned long long address) {
    auto found = allocations.find(address);
    if (found == allocations.end()) refuse("memory is given back twice");
    munmap(found->second.first, found->second.second);
    allocations.erase(found);
}

}  // namespace

void __syncthreads() {
    running->is_waiting = true;
    Fibre* own = running;
    swapcontext(&own->context, &scheduler);
    running = own;
    threadIdx = own->thread;
}
