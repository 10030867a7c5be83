use super::*;
use crate::clock::ManualClock;

fn device(name: &'static str, nanos: u64) -> DevicePart {
    DevicePart { name, nanos, bytes: 7 }
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
        io.device_parts(&[device("network", 300), device("decode", 150)]);
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
        io.device_parts(&[device("network", 300), device("decode", u64::MAX)]);
        io.part("read");
    });
    let wanted = [("launch", 0, 0), ("network", 300, 7), ("decode", 100, 7), ("read", 10, 0)];
    assert_eq!(got, wanted);
}

#[test]
fn without_a_part_there_is_nothing_to_divide() {
    assert_eq!(lengths(|_, io| io.device_parts(&[device("network", 300)])), []);
}
