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
    let chain = chain(error);
    let text: Vec<&str> = chain.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    aside(format!("error: {}", text.join(" ")));
}

/// An error with its whole cause. What an error says of its cause itself is not said again.
fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.ends_with(&cause) {
            let separator = if text.is_empty() { "" } else { ": " };
            text = format!("{text}{separator}{cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::{Context, anyhow};

    #[test]
    fn a_cause_is_said_once() {
        let once = anyhow!("no such file").context("a.onnx: no such file").context("--model");
        assert_eq!(chain(&once), "--model: a.onnx: no such file");
        let twice: anyhow::Result<()> = Err(anyhow!("no such file")).context("cannot read a");
        assert_eq!(chain(&twice.expect_err("failed")), "cannot read a: no such file");
    }
}
