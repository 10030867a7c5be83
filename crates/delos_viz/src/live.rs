//! How a viewer is reached.

use crate::{Live, VizError};
use rerun::SpawnOptions;
use rerun::external::re_uri::ProxyUri;
use rerun::sink::GrpcSink;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

/// Rerun's own port.
const DEFAULT_PORT: u16 = 9876;
/// How long a viewer may take to start.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long to wait between two looks at its port.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A connection to a viewer, started where that is wanted.
pub(crate) fn sink(live: &Live) -> Result<GrpcSink, VizError> {
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
    fn a_port_without_a_viewer_is_an_error() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        drop(listener);
        let error = sink(&Live::Connect { port }).err().expect("nobody listens");
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
}
