use super::*;
use crate::clock::ManualClock;

/// Parts of a device's work one after the other, the first of which begins so long after the work as a whole.
fn device(mut start: u64, parts: &[(&'static str, u64)]) -> Vec<DevicePart> {
    let part = |(name, nanos): &(&'static str, u64)| {
        let part = DevicePart { name, start, nanos: *nanos, bytes: 7 };
        start = part.end();
        part
    };
    parts.iter().map(part).collect()
}

/// Names, lengths and bytes of the parts of a piece of work that ends 10 ns after its last part began.
fn lengths(work: impl FnOnce(&ManualClock, &mut Io<'_>)) -> Vec<(&'static str, i64, u64)> {
    let clock = ManualClock::default();
    let mut io = Io::new(None, &[], 0, &[]).with_clock(&clock);
    work(&clock, &mut io);
    clock.advance_ns(10);
    let parts = io.into_parts().take_parts(clock.now_ns());
    assert!(parts.windows(2).all(|pair| pair[0].span.end == pair[1].span.start), "{parts:?}");
    parts.iter().map(|part| (part.name, part.span.end - part.span.start, part.bytes)).collect()
}

#[test]
fn a_devices_parts_are_taken_out_of_the_present_one() {
    let got = lengths(|clock, io| {
        io.part("copy");
        clock.advance_ns(100);
        io.part("launch");
        clock.advance_ns(500);
        io.device_parts(&device(0, &[("network", 300), ("decode", 150)]));
        io.part("read");
    });
    let wanted = [("copy", 100, 0), ("launch", 50, 0), ("network", 300, 7), ("decode", 150, 7)];
    assert_eq!(got[..4], wanted);
    assert_eq!(got[4..], [("read", 10, 0)]);
}

#[test]
fn a_device_whose_clock_runs_fast_gets_no_more_than_there_was() {
    let got = lengths(|clock, io| {
        io.part("launch");
        clock.advance_ns(400);
        io.device_parts(&device(0, &[("network", 300), ("decode", u64::MAX)]));
        io.part("read");
    });
    let wanted = [("launch", 0, 0), ("network", 300, 7), ("decode", 100, 7), ("read", 10, 0)];
    assert_eq!(got, wanted);
}

/// Two streams, asked for one after the other; the device's work takes 700 ns in all.
fn two_streams(start: u64, network: u64) -> Vec<(&'static str, i64, u64)> {
    lengths(|clock, io| {
        for (part, nanos) in [("copy", 100), ("launch", 50), ("copy", 100), ("launch", 600)] {
            io.part(part);
            clock.advance_ns(nanos);
        }
        io.device_parts(&device(start, &[("network", network), ("decode", 80)]));
        io.part("read");
    })
}

#[test]
fn the_stream_that_ends_last_has_all_of_its_time() {
    // The second: what was done before it began is told as it was.
    let got = two_streams(200, 420);
    let before = [("copy", 100, 0), ("launch", 50, 0), ("copy", 100, 0), ("launch", 100, 0)];
    assert_eq!(got[..4], before);
    assert_eq!(got[4..], [("network", 420, 7), ("decode", 80, 7), ("read", 10, 0)]);
    // The first: it worked while the second was made ready.
    let got = two_streams(20, 600);
    let before = [("copy", 100, 0), ("launch", 50, 0), ("copy", 20, 0), ("launch", 0, 0)];
    assert_eq!(got[..4], before);
    assert_eq!(got[4..], [("network", 600, 7), ("decode", 80, 7), ("read", 10, 0)]);
}

#[test]
fn without_a_part_there_is_nothing_to_divide() {
    assert_eq!(lengths(|_, io| io.device_parts(&device(0, &[("network", 300)]))), []);
}
