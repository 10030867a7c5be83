//! Downloads that go on where they broke off.

mod part;

use crate::IngestError;
use part::Part;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::Duration;
use ureq::http::{Response, StatusCode, header};
use ureq::{Agent, Body};

/// A file to fetch.
#[derive(Clone, Copy, Debug)]
pub struct Download<'a> {
    /// `http://` or `https://`; redirects are followed.
    pub url: &'a str,
    /// Where the file goes. Its folder is made.
    pub target: &'a Path,
    /// Its length in bytes, where that is known.
    pub size: Option<u64>,
    /// Its SHA-256, 64 hexadecimal digits, where that is known.
    pub sha256: Option<&'a str>,
}

/// What a download did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The file was there and is the right one as far as is known.
    AlreadyThere,
    /// The file has been fetched.
    Downloaded {
        /// Its length.
        bytes: u64,
        /// How many of them had come with an earlier attempt.
        resumed_at: u64,
    },
}

/// Called with the bytes that are there, and all there will be where that is known.
pub type Progress<'a> = &'a mut dyn FnMut(u64, Option<u64>);

/// A connection that is silent for so long is given up.
const SILENCE: Duration = Duration::from_mins(1);

/// Fetches a file, checks it and puts it in its place.
///
/// The bytes go to `TARGET.part`, which becomes `TARGET` only when length and SHA-256 are
/// right. An attempt that finds a `.part` file of the same URL asks for the rest
/// (`Range`, with `If-Range` where the server gave a tag) and starts again from zero when
/// the server has another file by now or does not know ranges. Without a tag and without
/// a SHA-256 nothing could tell a mixture, so nothing is resumed.
///
/// # Errors
/// [`IngestError::HttpStatus`], [`IngestError::Transfer`] (the `.part` file is kept),
/// [`IngestError::Mismatch`] (the `.part` file is removed; a file that was there is left
/// alone), [`IngestError::Io`] when the disk refuses, for instance because it is full.
pub fn download(request: &Download<'_>, progress: Progress<'_>) -> Result<Outcome, IngestError> {
    if request.target.exists() {
        check(request, request.target, "move it away to fetch it again")?;
        return Ok(Outcome::AlreadyThere);
    }
    if let Some(folder) = request.target.parent() {
        std::fs::create_dir_all(folder).map_err(|source| IngestError::io(folder, source))?;
    }
    let mut part = Part::open(request)?;
    let fetched = transfer(request, &mut part, progress).and_then(|resumed_at| {
        check(request, part.path(), "it has been removed")?;
        Ok(Outcome::Downloaded { bytes: part.length, resumed_at })
    });
    match &fetched {
        Ok(_) => part.finish(request.target)?,
        Err(IngestError::Mismatch { .. }) => part.discard()?,
        Err(_) if part.length == 0 => part.discard()?,
        Err(_) => {}
    }
    fetched
}

/// SHA-256 of a file, 64 lower-case hexadecimal digits. Reads the file piece by piece.
///
/// # Errors
/// [`IngestError::Io`].
pub fn sha256_file(path: &Path) -> Result<String, IngestError> {
    let io = |source| IngestError::io(path, source);
    let mut file = File::open(path).map_err(io)?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer).map_err(io)? {
            0 => break,
            n => hasher.update(&buffer[..n]),
        }
    }
    Ok(hex(&hasher.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        text.extend(
            [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])),
        );
        text
    })
}

/// Compares length and SHA-256 with what is known.
fn check(request: &Download<'_>, path: &Path, advice: &'static str) -> Result<(), IngestError> {
    let mismatch = |what, wanted: String, got: String| {
        Err(IngestError::Mismatch { path: path.to_path_buf(), what, wanted, got, advice })
    };
    let length = path.metadata().map_err(|source| IngestError::io(path, source))?.len();
    if let Some(size) = request.size.filter(|size| *size != length) {
        return mismatch("size", format!("{size} bytes"), format!("{length} bytes"));
    }
    if let Some(wanted) = request.sha256 {
        let got = sha256_file(path)?;
        if !got.eq_ignore_ascii_case(wanted) {
            return mismatch("sha256", wanted.to_owned(), got);
        }
    }
    Ok(())
}

/// Fills the part file; gives how many bytes were there before.
fn transfer(
    request: &Download<'_>,
    part: &mut Part,
    progress: Progress<'_>,
) -> Result<u64, IngestError> {
    if request.size.is_some_and(|size| part.length > size) {
        part.restart("")?;
    }
    if part.length > 0 && request.size == Some(part.length) {
        return Ok(part.length);
    }
    let mut response = get(request, part)?;
    if response.status() == StatusCode::RANGE_NOT_SATISFIABLE && part.length > 0 {
        if content_range(&response).and_then(|range| range.total) == Some(part.length) {
            return Ok(part.length);
        }
        part.restart("")?;
        response = get(request, part)?;
    }
    let resumed_at = accept(request, part, &response)?;
    receive(request, part, response, progress)?;
    Ok(resumed_at)
}

/// Asks for what is not there yet.
fn get(request: &Download<'_>, part: &Part) -> Result<Response<Body>, IngestError> {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(Duration::from_secs(30)))
        .timeout_recv_response(Some(SILENCE))
        .timeout_per_read(Some(SILENCE))
        .accept_encoding("identity")
        .user_agent(concat!("delos/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let mut call = agent.get(request.url);
    if part.length > 0 {
        call = call.header(header::RANGE, format!("bytes={}-", part.length));
        if !part.tag.is_empty() {
            call = call.header(header::IF_RANGE, &part.tag);
        }
    }
    call.call().map_err(|error| part.broken_off(None, error.to_string()))
}

/// Looks at status and range: the rest of the file, or the whole of it from the beginning.
/// Gives where the body of the answer begins.
fn accept(
    request: &Download<'_>,
    part: &mut Part,
    response: &Response<Body>,
) -> Result<u64, IngestError> {
    let rest = content_range(response).is_some_and(|range| range.start == part.length);
    match response.status() {
        StatusCode::PARTIAL_CONTENT if rest => {}
        StatusCode::PARTIAL_CONTENT => {
            let cause = "the server sends another range than was asked for";
            return Err(part.broken_off(None, cause.to_owned()));
        }
        StatusCode::OK => part.restart(&tag_of(response))?,
        status => {
            let (url, status) = (request.url.to_owned(), status.as_u16());
            return Err(IngestError::HttpStatus { url, status });
        }
    }
    Ok(part.length)
}

/// Writes the body behind what is there.
fn receive(
    request: &Download<'_>,
    part: &mut Part,
    response: Response<Body>,
    progress: Progress<'_>,
) -> Result<(), IngestError> {
    let announced = response.body().content_length().map(|n| part.length + n);
    let total = content_range(&response).and_then(|r| r.total).or(announced).or(request.size);
    let mut body = response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 16];
    progress(part.length, total);
    loop {
        let count = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(part.broken_off(total, error.to_string())),
        };
        part.write(&buffer[..count])?;
        progress(part.length, total);
        if request.size.is_some_and(|size| part.length > size) {
            // Longer than it may be: the check of the size says so.
            return Ok(());
        }
    }
    match announced {
        Some(wanted) if part.length < wanted => {
            Err(part.broken_off(total, "the connection was closed".to_owned()))
        }
        _ => Ok(()),
    }
}

/// What tells this version of the file from others: a strong entity tag or a date.
fn tag_of(response: &Response<Body>) -> String {
    let text = |name| response.headers().get(name).and_then(|v| v.to_str().ok());
    let strong = text(header::ETAG).filter(|tag| !tag.starts_with("W/"));
    strong.or(text(header::LAST_MODIFIED)).unwrap_or_default().to_owned()
}

/// `Content-Range: bytes START-END/TOTAL`, or `bytes */TOTAL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ContentRange {
    start: u64,
    total: Option<u64>,
}

fn content_range(response: &Response<Body>) -> Option<ContentRange> {
    parse_content_range(response.headers().get(header::CONTENT_RANGE)?.to_str().ok()?)
}

fn parse_content_range(text: &str) -> Option<ContentRange> {
    let (range, total) = text.trim().strip_prefix("bytes")?.trim().split_once('/')?;
    let start = range.split_once('-').map_or(Some(0), |(start, _)| start.trim().parse().ok())?;
    Some(ContentRange { start, total: total.trim().parse().ok() })
}

#[cfg(test)]
mod tests;
