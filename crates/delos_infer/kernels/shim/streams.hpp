// Streams and events of the stand-in for the driver, as late as CUDA allows: what is asked of a stream happens when
// somebody waits for it, and no earlier. Who looks at memory without having waited sees what was there before.
#pragma once
#include "fibres.hpp"

#include "../common.cuh"

#include <deque>
#include <functional>
#include <memory>

namespace {

// Work of a stream, and the pinned memory that it reads or writes, if any.
struct Work {
    std::function<void()> run;
    const void* pinned = nullptr;
};

struct Stream {
    std::deque<Work> asked;
    u64 asked_count = 0;
    u64 done_count = 0;
};

using SharedStream = std::shared_ptr<Stream>;

// A place in a stream; it tells how many launches were before it. A launch takes a microsecond.
struct Event {
    SharedStream stream;
    u64 place = 0;
    u64 records = 0;
    unsigned launches = 0;
};

std::vector<SharedStream> streams;
unsigned launches = 0;

// Handles are addresses of shared pointers.
template <typename T> std::shared_ptr<T>& shared(void* handle) { return *static_cast<std::shared_ptr<T>*>(handle); }

void ask(void* stream, std::function<void()> run, const void* pinned = nullptr) {
    Stream& own = *shared<Stream>(stream);
    own.asked.push_back({std::move(run), pinned});
    ++own.asked_count;
}

// Does a stream's work up to a place. What waits for another stream's event lets that stream catch up first.
void catch_up(Stream& stream, u64 place) {
    while (stream.done_count < place) {
        Work work = std::move(stream.asked.front());
        stream.asked.pop_front();
        work.run();
        ++stream.done_count;
    }
}

void catch_up(Stream& stream) { catch_up(stream, stream.asked_count); }

void catch_up_all() {
    for (const SharedStream& stream : streams) catch_up(*stream);
}

bool has_happened(const Event& event) { return !event.stream || event.stream->done_count >= event.place; }

void wait_for(const Event& event) {
    if (event.stream) catch_up(*event.stream, event.place);
}

// Recorded again, an event stands for its last place alone.
void record(const std::shared_ptr<Event>& event, void* stream) {
    u64 number = ++event->records;
    ask(stream, [event, number] {
        if (event->records == number) event->launches = launches;
    });
    event->stream = shared<Stream>(stream);
    event->place = event->stream->asked_count;
}

// A stream waits for the place that an event has now, wherever it is recorded later.
void wait_in_stream(void* stream, const Event& event) {
    if (!event.stream) return;
    ask(stream, [other = event.stream, place = event.place] { catch_up(*other, place); });
}

// ---- memory of the processor ----

// Pinned allocations and their lengths.
std::map<const char*, size_t> pinned;

// Whether an address lies in pinned memory. Copies of other memory are done with it when they return.
bool is_pinned(const void* address) {
    auto at = static_cast<const char*>(address);
    auto after = pinned.upper_bound(at);
    if (after == pinned.begin()) return false;
    auto [start, size] = *std::prev(after);
    return at < start + size;
}

// Ends the program where a copy would find the memory gone.
void refuse_if_in_use(const char* start, size_t size) {
    for (const SharedStream& stream : streams) {
        for (const Work& work : stream->asked) {
            auto at = static_cast<const char*>(work.pinned);
            if (at >= start && at < start + size) refuse("pinned memory is given back before its copy is done");
        }
    }
}

}  // namespace
