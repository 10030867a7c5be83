use super::*;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// What the little server of these tests does with a request.
type Answer = fn(&[u8], Option<u64>) -> Reply;

/// Status line, headers, body, and where to hang up.
struct Reply {
    head: String,
    body: Vec<u8>,
    cut: usize,
}

impl Reply {
    fn new(status: &str, headers: &str, body: &[u8]) -> Self {
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
            body.len()
        );
        Self { head, body: body.to_vec(), cut: body.len() }
    }

    fn cut_at(mut self, cut: usize) -> Self {
        self.cut = cut;
        self
    }
}

/// A server that answers the n-th request with the n-th answer, and notes the requests.
struct Server {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/data.zip", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&requests);
        std::thread::spawn(move || {
            for answer in answers {
                let (stream, _) = listener.accept().expect("a client");
                serve(stream, answer, &noted);
            }
        });
        Self { url, requests }
    }

    fn request(&self, index: usize) -> String {
        self.requests.lock().expect("not poisoned")[index].to_lowercase()
    }

    fn count(&self) -> usize {
        self.requests.lock().expect("not poisoned").len()
    }
}

fn serve(mut stream: TcpStream, answer: Answer, noted: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream.try_clone().expect("cloned")).lines();
    let head: Vec<String> =
        lines.by_ref().map_while(Result::ok).take_while(|l| !l.is_empty()).collect();
    let range = head.iter().find_map(|l| {
        let from = l.to_lowercase().strip_prefix("range: bytes=")?.trim_end_matches('-').to_owned();
        from.parse().ok()
    });
    noted.lock().expect("not poisoned").push(head.join("\n"));
    let reply = answer(&content(), range);
    let _ = stream.write_all(reply.head.as_bytes());
    let _ = stream.write_all(&reply.body[..reply.cut]);
}

fn content() -> Vec<u8> {
    (0..300_000_u32).map(|i| (i * 7 + i / 256) as u8).collect()
}

fn whole(content: &[u8], _: Option<u64>) -> Reply {
    Reply::new("200 OK", "ETag: \"one\"\r\n", content)
}

fn cut(content: &[u8], range: Option<u64>) -> Reply {
    whole(content, range).cut_at(100_000)
}

fn rest(content: &[u8], range: Option<u64>) -> Reply {
    let from = range.expect("a range is asked for") as usize;
    let (last, all) = (content.len() - 1, content.len());
    let headers = format!("Content-Range: bytes {from}-{last}/{all}\r\nETag: \"one\"\r\n");
    Reply::new("206 Partial Content", &headers, &content[from..])
}

fn sha256_of_content() -> String {
    hex(&Sha256::digest(content()))
}

/// One download of `data.zip` into a folder.
fn fetch(server: &Server, folder: &TempDir, sha256: Option<&str>) -> Result<Outcome, IngestError> {
    let target = folder.path().join("sub/data.zip");
    let size = Some(300_000);
    download(&Download { url: &server.url, target: &target, size, sha256 }, &mut |_, _| {})
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path().join("sub")).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn arrived(folder: &TempDir) -> Vec<u8> {
    fs::read(folder.path().join("sub/data.zip")).expect("the file")
}

#[test]
fn a_file_comes_whole_with_progress_and_is_not_fetched_twice() {
    let (server, folder) = (Server::start(vec![whole]), TempDir::new().expect("a folder"));
    let target = folder.path().join("sub/data.zip");
    let sha256 = sha256_of_content();
    let request = Download { url: &server.url, target: &target, size: None, sha256: Some(&sha256) };
    let mut seen = Vec::new();
    let outcome = download(&request, &mut |done, total| seen.push((done, total))).expect("fetched");
    assert_eq!(outcome, Outcome::Downloaded { bytes: 300_000, resumed_at: 0 });
    assert_eq!(seen.first(), Some(&(0, Some(300_000))));
    assert_eq!(seen.last(), Some(&(300_000, Some(300_000))));
    assert!(seen.is_sorted());
    assert_eq!(arrived(&folder), content());
    assert_eq!(names(&folder), ["data.zip"]);
    let again = download(&request, &mut |_, _| {}).expect("there");
    assert_eq!((again, server.count()), (Outcome::AlreadyThere, 1));
}

#[test]
fn a_broken_download_goes_on_where_it_stopped() {
    let (server, folder) = (Server::start(vec![cut, rest]), TempDir::new().expect("a folder"));
    let error = fetch(&server, &folder, None).expect_err("cut").to_string();
    assert!(
        error.contains("100000 bytes of 300000") && error.contains("run the same again"),
        "{error}"
    );
    assert_eq!(names(&folder), ["data.zip.part", "data.zip.part.from"]);
    let outcome = fetch(&server, &folder, None).expect("goes on");
    assert_eq!(outcome, Outcome::Downloaded { bytes: 300_000, resumed_at: 100_000 });
    assert_eq!(arrived(&folder), content());
    let request = server.request(1);
    assert!(
        request.contains("range: bytes=100000-") && request.contains("if-range: \"one\""),
        "{request}"
    );
}

#[test]
fn a_server_that_ignores_ranges_or_has_another_file_starts_again() {
    let (server, folder) = (Server::start(vec![cut, whole]), TempDir::new().expect("a folder"));
    fetch(&server, &folder, None).expect_err("cut");
    let outcome = fetch(&server, &folder, None).expect("from the start");
    assert_eq!(outcome, Outcome::Downloaded { bytes: 300_000, resumed_at: 0 });
    assert_eq!(arrived(&folder), content());
}

#[test]
fn without_a_tag_and_a_hash_nothing_is_resumed() {
    let untagged: Answer = |content, _| Reply::new("200 OK", "", content).cut_at(50_000);
    let server = Server::start(vec![untagged, whole, untagged, rest]);
    let folder = TempDir::new().expect("a folder");
    fetch(&server, &folder, None).expect_err("cut");
    fetch(&server, &folder, None).expect("from the start");
    assert!(!server.request(1).contains("range: bytes"));
    fs::remove_file(folder.path().join("sub/data.zip")).expect("removed");
    let sha256 = sha256_of_content();
    fetch(&server, &folder, Some(&sha256)).expect_err("cut");
    let outcome = fetch(&server, &folder, Some(&sha256)).expect("the hash tells mixtures");
    assert_eq!(outcome, Outcome::Downloaded { bytes: 300_000, resumed_at: 50_000 });
}

#[test]
fn a_range_that_cannot_be_satisfied_is_the_end_or_a_new_start() {
    let complete: Answer =
        |_, _| Reply::new("416 Range Not Satisfiable", "Content-Range: bytes */300000\r\n", b"");
    let shrunk: Answer =
        |_, _| Reply::new("416 Range Not Satisfiable", "Content-Range: bytes */7\r\n", b"");
    for (answers, wanted) in [(vec![complete], 300_000), (vec![shrunk, whole], 0)] {
        let (server, folder) = (Server::start(answers), TempDir::new().expect("a folder"));
        let target = folder.path().join("data.zip");
        fs::write(folder.path().join("data.zip.part"), content()).expect("written");
        fs::write(folder.path().join("data.zip.part.from"), format!("{}\n\"one\"", server.url))
            .expect("written");
        let request = Download { url: &server.url, target: &target, size: None, sha256: None };
        let outcome = download(&request, &mut |_, _| {}).expect("whole");
        assert_eq!(outcome, Outcome::Downloaded { bytes: 300_000, resumed_at: wanted });
        assert_eq!(fs::read(&target).expect("the file"), content());
    }
}

#[test]
fn a_wrong_hash_is_refused_and_the_file_removed() {
    let (server, folder) = (Server::start(vec![whole]), TempDir::new().expect("a folder"));
    let wrong = "0".repeat(64);
    let error = fetch(&server, &folder, Some(&wrong)).expect_err("another file").to_string();
    assert!(
        error.contains("sha256") && error.contains(&wrong) && error.contains("removed"),
        "{error}"
    );
    assert_eq!(names(&folder), [] as [&str; 0]);
}

#[test]
fn a_file_that_is_too_long_is_refused() {
    let long: Answer = |content, _| Reply::new("200 OK", "", &content.repeat(4));
    let (server, folder) = (Server::start(vec![long]), TempDir::new().expect("a folder"));
    let error = fetch(&server, &folder, None).expect_err("too long").to_string();
    assert!(error.contains("should be 300000 bytes"), "{error}");
    assert_eq!(names(&folder), [] as [&str; 0]);
}

#[test]
fn a_file_that_is_there_and_wrong_is_left_alone() {
    let (server, folder) = (Server::start(vec![]), TempDir::new().expect("a folder"));
    fs::create_dir(folder.path().join("sub")).expect("created");
    fs::write(folder.path().join("sub/data.zip"), "mine").expect("written");
    let error = fetch(&server, &folder, None).expect_err("another file").to_string();
    assert!(error.contains("4 bytes") && error.contains("move it away"), "{error}");
    assert_eq!(arrived(&folder), b"mine");
}

#[test]
fn refusals_of_the_server_name_the_status() {
    let missing: Answer = |_, _| Reply::new("404 Not Found", "", b"no such file");
    let (server, folder) = (Server::start(vec![missing]), TempDir::new().expect("a folder"));
    let error = fetch(&server, &folder, None).expect_err("missing").to_string();
    assert!(error.contains("status 404 (the file is not there)"), "{error}");
    assert_eq!(names(&folder), [] as [&str; 0]);
}

#[test]
fn redirects_are_followed() {
    let away: Answer = |_, _| Reply::new("302 Found", "Location: /elsewhere.zip\r\n", b"");
    let (server, folder) = (Server::start(vec![away, whole]), TempDir::new().expect("a folder"));
    fetch(&server, &folder, None).expect("fetched");
    assert!(server.request(1).starts_with("get /elsewhere.zip"));
}

#[test]
fn a_server_that_is_not_there_is_an_error() {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let target = TempDir::new().expect("a folder").path().join("data.zip");
    let url = format!("http://{port}/data.zip");
    let request = Download { url: &url, target: &target, size: None, sha256: None };
    let error = download(&request, &mut |_, _| {}).expect_err("nobody answers");
    assert!(matches!(&error, IngestError::Transfer { got: 0, .. }), "{error}");
}

#[test]
fn content_ranges_are_read() {
    let range = |start, total| Some(ContentRange { start, total });
    let table = [
        ("bytes 100-299/300", range(100, Some(300))),
        ("bytes 0-9/*", range(0, None)),
        ("bytes */300", range(0, Some(300))),
        ("bytes x-9/300", None),
        ("items 1-2/3", None),
        ("", None),
    ];
    for (text, wanted) in table {
        assert_eq!(parse_content_range(text), wanted, "{text}");
    }
}

#[test]
fn the_hash_of_a_file_is_known() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("abc");
    fs::write(&path, "abc").expect("written");
    let wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sha256_file(&path).expect("read"), wanted);
}
