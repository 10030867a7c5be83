//! The built `delos` program, as its users run it.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use crate::places::checkout;

/// What a finished command left behind.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The exit code; `None` after a signal.
    pub code: Option<i32>,
    /// All of standard output.
    pub stdout: String,
    /// All of standard error.
    pub stderr: String,
    line: String,
}

/// Runs `delos` with `args` in the root of the checkout and waits for it.
///
/// # Panics
/// When the program has not been built or cannot be started.
pub fn run_delos<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Finished {
    run_delos_with(args, |_| {})
}

/// [`run_delos`] with a say in the command first: another folder, other variables.
///
/// # Panics
/// When the program has not been built or cannot be started.
pub fn run_delos_with<A: AsRef<OsStr>>(
    args: impl IntoIterator<Item = A>,
    change: impl FnOnce(&mut Command),
) -> Finished {
    let mut command = Command::new(delos_program());
    command.args(args).current_dir(checkout()).env("NO_COLOR", "1");
    change(&mut command);
    let line = format!("{command:?}");
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => panic!("{line} cannot be started: {error}"),
    };
    Finished {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        line,
    }
}

/// The `delos` program of the profile that this test was built with: beside the `deps` folder that
/// holds the test.
///
/// # Panics
/// When it is not there: cargo does not build another package's program for a test.
pub fn delos_program() -> PathBuf {
    let test = env::current_exe().unwrap_or_default();
    let profile = test.ancestors().nth(2).map_or_else(PathBuf::new, std::path::Path::to_path_buf);
    let program = profile.join(format!("delos{}", env::consts::EXE_SUFFIX));
    assert!(
        program.is_file(),
        "{} does not exist: run `cargo build -p delos` first (`cargo xtask test` does)",
        program.display()
    );
    program
}

impl Finished {
    /// Passes the result on when the command succeeded.
    ///
    /// # Panics
    /// When it did not; the message holds the command and all it printed.
    #[expect(clippy::return_self_not_must_use, reason = "an assertion on its own is complete")]
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.report());
        self
    }

    /// Passes the result on when the command failed as a command should: with an exit code from 1 to
    /// 100 (101 is a panic), and with a last line on stderr that begins with `error: ` and holds
    /// every one of `parts`.
    ///
    /// # Panics
    /// When it did not; the message holds the command and all it printed.
    #[expect(clippy::return_self_not_must_use, reason = "an assertion on its own is complete")]
    #[track_caller]
    pub fn failed_saying(self, parts: &[&str]) -> Self {
        assert!(matches!(self.code, Some(1..=100)), "{}", self.report());
        assert!(!self.stderr.contains("panicked at"), "{}", self.report());
        let last = self.stderr.trim_end().lines().next_back().unwrap_or_default();
        assert!(last.starts_with("error: "), "no last line `error: ...`\n{}", self.report());
        for part in parts {
            assert!(last.contains(part), "`{part}` is not in `{last}`\n{}", self.report());
        }
        self
    }

    /// The command, its exit code and all it printed, for the message of a failed assertion.
    pub fn report(&self) -> String {
        let Self { code, stdout, stderr, line } = self;
        format!("{line}\nexit code {code:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(code: i32, stderr: &str) -> Finished {
        let line = "delos run".to_owned();
        Finished { code: Some(code), stdout: String::new(), stderr: stderr.to_owned(), line }
    }

    #[test]
    fn a_clean_failure_is_accepted() {
        finished(1, "frame 3\nerror: read scan: 5 bytes\n").failed_saying(&["scan", "5 bytes"]);
    }

    #[test]
    #[should_panic(expected = "no last line")]
    fn a_failure_must_end_with_its_error() {
        finished(1, "error: first\nand more\n").failed_saying(&[]);
    }

    #[test]
    #[should_panic(expected = "is not in")]
    fn a_failure_must_name_its_cause() {
        finished(1, "error: something\n").failed_saying(&["frame 3"]);
    }

    #[test]
    #[should_panic(expected = "exit code Some(101)")]
    fn a_panic_is_no_clean_failure() {
        finished(101, "error: x\n").failed_saying(&[]);
    }

    #[test]
    #[should_panic(expected = "exit code Some(3)")]
    fn a_failure_is_no_success() {
        finished(3, "").succeeded();
    }
}
