//! Pinned memory waits for the copies that a GPU still has to make of it, and buffers may be dropped anywhere. The
//! library in the place of the driver's does its work as late as a driver may: when it is waited for.

use delos_infer::gpu::{self, Accelerator, Cuda, GpuError, Kernels};
use delos_parity::SimulatedDriver;
use std::process::Command;

/// Set in the child, which has the stand-in on its library path.
const CHILD: &str = "DELOS_TEST_WAITS_CHILD";

/// Runs the tests of [`stand_in`] once more, on the stand-in.
#[test]
fn all_of_it_on_the_stand_in() {
    let driver = SimulatedDriver::compile().expect("compiles");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["stand_in::", "--test-threads=1"])
        .env("LD_LIBRARY_PATH", driver.folder())
        .env(CHILD, "1")
        .output()
        .expect("started");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("6 passed"), "{said} {errors}");
}

/// No tests of their own: what the child does.
mod stand_in {
    use super::*;

    fn on_device(test: impl FnOnce(&Cuda) -> Result<(), GpuError>) {
        if std::env::var_os(CHILD).is_none() {
            return;
        }
        let on = Cuda::open(0, &Kernels::default()).expect("the stand-in opens");
        test(&on).expect("the stand-in does what it is asked for");
    }

    #[test]
    fn values_are_read_when_they_have_come() {
        on_device(|on| {
            let mut buffer = on.buffer::<u32>(3)?;
            let mut back = on.pinned::<u32>(3)?;
            for round in 1..4_u32 {
                on.upload(&[round, 2 * round, 3 * round], &mut buffer)?;
                on.download_pinned(&buffer, &mut back)?;
                assert_eq!(back.values()?, [round, 2 * round, 3 * round]);
                on.download_pinned(&buffer, &mut back)?;
                // What is written now is not overwritten by a copy that was asked for before.
                back.values_mut()?[0] = 77;
                on.wait()?;
                assert_eq!(back.values()?, [77, 2 * round, 3 * round]);
            }
            Ok(())
        });
    }

    #[test]
    fn values_are_overwritten_when_they_have_gone() {
        on_device(|on| {
            let mut buffers = [on.buffer::<u32>(4)?, on.buffer::<u32>(4)?];
            let mut staged = on.pinned::<u32>(4)?;
            staged.values_mut()?.fill(1);
            on.upload_pinned(&staged, &mut buffers[0])?;
            staged.values_mut()?.fill(2);
            on.upload_first(2, &staged, &mut buffers[1])?;
            staged.values_mut()?.fill(3);
            let mut got = [[9; 4]; 2];
            on.download(&buffers[0], &mut got[0])?;
            on.download(&buffers[1], &mut got[1])?;
            assert_eq!(got, [[1; 4], [2, 2, 0, 0]]);
            Ok(())
        });
    }

    #[test]
    fn memory_is_given_back_when_its_copies_are_done() {
        on_device(|on| {
            let mut buffer = on.buffer::<u32>(4)?;
            let mut staged = on.pinned::<u32>(4)?;
            staged.values_mut()?.fill(5);
            on.upload_pinned(&staged, &mut buffer)?;
            drop(staged);
            let mut back = on.pinned::<u32>(4)?;
            on.download_pinned(&buffer, &mut back)?;
            drop((back, buffer));
            on.wait()
        });
    }

    #[test]
    fn one_stream_waits_for_the_copies_of_another() {
        on_device(|on| {
            let other = on.beside()?;
            let (mut from, mut to) = (on.buffer::<u32>(2)?, other.buffer::<u32>(2)?);
            let mut between = on.pinned::<u32>(2)?;
            on.upload(&[8, 9], &mut from)?;
            on.download_pinned(&from, &mut between)?;
            other.upload_pinned(&between, &mut to)?;
            // And back, while the upload is still to come.
            on.fill(&mut from, 0)?;
            on.download_pinned(&from, &mut between)?;
            let mut got = [0; 2];
            other.download(&to, &mut got)?;
            assert_eq!((got, between.values()?), ([8, 9], &[0, 0][..]));
            Ok(())
        });
    }

    #[test]
    fn buffers_may_be_dropped_by_any_thread() {
        on_device(|on| {
            // The stand-in has 1 GiB.
            for _ in 0..6 {
                let buffer = on.buffer::<u8>(300 << 20)?;
                std::thread::spawn(move || drop(buffer)).join().expect("no panic");
            }
            Ok(())
        });
    }

    #[test]
    fn every_question_is_asked_in_one_context() {
        on_device(|on| {
            // The stand-in ends a program that makes a context twice.
            assert!(gpu::probe().is_usable() && gpu::probe().is_usable());
            gpu::check(0)?;
            assert_eq!(gpu::architecture(0)?, "sm_90");
            drop(Cuda::open(0, &Kernels::default())?);
            on.wait()
        });
    }
}
