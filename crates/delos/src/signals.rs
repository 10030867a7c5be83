//! Ctrl-C and termination.

use crate::say;
use delos_runtime::Cancel;

/// Exit code of a run that was interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

/// On Ctrl-C or a request to terminate: stop after the frames under way. A second one
/// ends the program at once.
pub(crate) fn watch(cancel: &Cancel) {
    let cancel = cancel.clone();
    let watch = move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return;
        };
        runtime.block_on(async {
            wait_for_signal().await;
            cancel.cancel();
            say::aside("stopping: frames under way are finished, results are closed");
            wait_for_signal().await;
            leave();
        });
    };
    if let Err(error) = std::thread::Builder::new().name("signals".to_owned()).spawn(watch) {
        tracing::warn!("Ctrl-C will end the run at once: {error}");
    }
}

/// Ends the program at once, without its exit handlers: those of libraries take apart what the
/// workers are still at, and tell of failures that are none.
#[cfg(unix)]
fn leave() -> ! {
    signal_hook::low_level::exit(i32::from(INTERRUPTED))
}

#[cfg(not(unix))]
fn leave() -> ! {
    std::process::exit(i32::from(INTERRUPTED))
}

#[cfg(unix)]
async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() {
    let _ = tokio::signal::ctrl_c().await;
}
