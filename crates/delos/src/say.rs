//! Text for people.

use std::io::Write;

/// Prints a line. A closed pipe (`delos … | head`) is no failure.
pub(crate) fn line(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout(), "{}", text.as_ref());
}

/// Prints a line that is not a result.
pub(crate) fn aside(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr(), "{}", text.as_ref());
}

/// The last line of every failure: `error: what: whole cause`.
pub(crate) fn error(error: &anyhow::Error) {
    let chain = format!("{error:#}");
    let text: Vec<&str> = chain.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    aside(format!("error: {}", text.join(" ")));
}
