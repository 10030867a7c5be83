//! The viewer: where it is, and how it is reached.

use crate::{Live, VizError};
use rerun::SpawnOptions;
use rerun::external::re_uri::ProxyUri;
use rerun::sink::GrpcSink;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Viewers of this series read the recordings; newer ones mostly do, too, but nobody
/// has looked.
const SERIES: &str = "0.36";
/// Where the set-up puts the viewer, from the root of the checkout.
const IN_CHECKOUT: &str = ".delos/viewer/rerun";
/// Rerun's own port.
const DEFAULT_PORT: u16 = 9876;
/// How long a viewer may take to start.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long to wait between two looks at its port.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A viewer on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Its program.
    pub path: PathBuf,
    /// What it says of itself, for example `0.36.3`.
    pub version: String,
}

/// Finds the viewer: `DELOS_VIEWER`, then `.delos/viewer/rerun` in the working folder, the
/// folders above it and those above this program, then `rerun` in `PATH`.
///
/// # Errors
/// [`VizError::NoViewer`] lists where it was looked for; [`VizError::ViewerVersion`] and
/// [`VizError::Start`] when the first one found is of no use.
pub fn find_viewer() -> Result<Viewer, VizError> {
    if let Some(path) = std::env::var_os("DELOS_VIEWER").filter(|value| !value.is_empty()) {
        return examine(Path::new(&path));
    }
    let here = std::env::current_dir().ok();
    let program = std::env::current_exe().ok();
    let checkouts = [here, program].into_iter().flatten().flat_map(|start| {
        start.ancestors().map(|folder| folder.join(IN_CHECKOUT)).collect::<Vec<_>>()
    });
    let search_path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&search_path).map(|folder| folder.join("rerun"));
    match checkouts.chain(installed).find(|path| path.is_file()) {
        Some(path) => examine(&path),
        None => Err(VizError::NoViewer {
            looked_at: format!("DELOS_VIEWER, {IN_CHECKOUT} here and above, rerun in PATH"),
        }),
    }
}

/// Asks a viewer for its version.
fn examine(path: &Path) -> Result<Viewer, VizError> {
    let start = |source| VizError::Start { viewer: path.to_owned(), source };
    let output = Command::new(path).arg("--version").output().map_err(start)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = version_in(&text).unwrap_or("unknown").to_owned();
    if version == SERIES || version.starts_with(&format!("{SERIES}.")) {
        Ok(Viewer { path: path.to_owned(), version })
    } else {
        Err(VizError::ViewerVersion { viewer: path.to_owned(), found: version, wanted: SERIES })
    }
}

/// The second word of `rerun-cli 0.36.3 (features ...)`.
fn version_in(text: &str) -> Option<&str> {
    let mut words = text.split_whitespace();
    words.next().filter(|name| name.starts_with("rerun"))?;
    words.next()
}

/// A connection to a viewer, started where that is wanted.
pub(crate) fn live_sink(live: &Live) -> Result<GrpcSink, VizError> {
    match live {
        Live::Spawn { viewer } => spawn(viewer),
        Live::Connect { port } => {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, *port));
            TcpStream::connect_timeout(&address, Duration::from_secs(2))
                .map_err(|source| VizError::Unreachable { port: *port, source })?;
            sink_on(*port, Path::new("rerun"))
        }
    }
}

fn spawn(viewer: &Path) -> Result<GrpcSink, VizError> {
    let live = |cause| VizError::Live { viewer: viewer.to_owned(), cause };
    let options = SpawnOptions {
        port: DEFAULT_PORT,
        executable_path: Some(viewer.display().to_string()),
        // Without this the viewer listens on every network interface.
        extra_args: vec!["--bind".to_owned(), Ipv4Addr::LOCALHOST.to_string()],
        hide_welcome_screen: true,
        ..SpawnOptions::default()
    };
    let spawned =
        rerun::spawn(&options).map_err(|error| live(crate::error::whole_cause(&error)))?;
    if listens_within(spawned.port, PATIENCE) {
        sink_on(spawned.port, viewer)
    } else {
        let seconds = PATIENCE.as_secs();
        Err(live(format!("it does not answer within {seconds} s; a live view needs a screen")))
    }
}

/// Whether a viewer listens, now or soon.
fn listens_within(port: u16, patience: Duration) -> bool {
    // Counted in sleeps, so that no clock is read.
    let looks = patience.as_millis() / LOOK_EVERY.as_millis();
    (0..=looks).any(|look| {
        if look > 0 {
            std::thread::sleep(LOOK_EVERY);
        }
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
    })
}

fn sink_on(port: u16, viewer: &Path) -> Result<GrpcSink, VizError> {
    let address = format!("rerun+http://{}:{port}/proxy", Ipv4Addr::LOCALHOST);
    let uri: ProxyUri = address.parse().map_err(|error| VizError::Live {
        viewer: viewer.to_owned(),
        cause: format!("{address}: {error}"),
    })?;
    Ok(GrpcSink::new(uri))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_second_word() {
        let cases = [
            ("rerun-cli 0.36.3 (base lance) [rustc 1.95.0]", Some("0.36.3")),
            ("rerun_py 0.36.1", Some("0.36.1")),
            ("", None),
            ("rerun-cli", None),
            ("GNU coreutils 9.1", None),
        ];
        for (text, wanted) in cases {
            assert_eq!(version_in(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_port_without_a_viewer_is_an_error() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        drop(listener);
        let error = live_sink(&Live::Connect { port }).err().expect("nobody listens");
        assert!(matches!(error, VizError::Unreachable { port: p, .. } if p == port), "{error}");
    }

    #[test]
    fn a_viewer_counts_once_it_listens() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        assert!(listens_within(port, Duration::ZERO));
        drop(listener);
        assert!(!listens_within(port, Duration::from_millis(200)));
    }

    #[test]
    fn a_program_that_is_no_viewer_is_refused() {
        let error = examine(Path::new("/bin/true")).expect_err("says nothing");
        assert!(matches!(error, VizError::ViewerVersion { .. }), "{error}");
        let error = examine(Path::new("/nowhere/rerun")).expect_err("is not there");
        assert!(matches!(error, VizError::Start { .. }), "{error}");
    }
}
