// A stand-in for a GPU, driven through stdin and stdout: memory, copies, and kernels of delos.cu by name.
//
// Every buffer ends at a page that may not be touched, so that a kernel that runs over its end is caught.
// Requests are a u32 and its operands, little-endian; see `Simulated` in the tests.
#include "fibres.hpp"

#include "../delos.cu"

#include <map>
#include <utility>

namespace {

// ---- kernels by name ----

// Everything that is sent to the launched kernel: one byte string per parameter.
using Arguments = std::vector<std::vector<unsigned char>>;

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

template <auto kernel> void body(const void* arguments) { call(kernel, *static_cast<const Arguments*>(arguments)); }

const std::map<std::string, void (*)(const void*)> KERNELS = {
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
    launch(found->second, &arguments, schedule);
}

template <typename T> void answer(const T* values, size_t count) {
    std::fwrite(values, sizeof(T), count, stdout);
    std::fflush(stdout);
}

}  // namespace

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
                if (!bytes.empty()) std::memcpy(reinterpret_cast<void*>(address), bytes.data(), bytes.size());
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
