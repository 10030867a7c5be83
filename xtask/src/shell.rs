//! Other programs, run and awaited.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Runs `command`, whose output the user sees, and fails when it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line_of(command);
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Whether `command` can be started and succeeds; nothing of it is seen.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// The command as it would be typed.
pub(crate) fn line_of(command: &Command) -> String {
    let name = command.get_program().to_string_lossy().into_owned();
    let name = name.rsplit('/').next().unwrap_or_default().to_owned();
    let args = command.get_args().map(|arg| arg.to_string_lossy().into_owned());
    std::iter::once(name).chain(args).collect::<Vec<_>>().join(" ")
}

/// Announces a step by its name, does it, and says how long it took.
pub(crate) fn step(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    eprintln!("\n== {name}");
    let (took, result) = timed(work);
    result.with_context(|| format!("step `{name}`"))?;
    eprintln!("== {name}: passed in {:.1} s", took.as_secs_f64());
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "how long a check takes is wall time")]
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_line() {
        let error = run(Command::new("/bin/sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "`sh -c exit 3` failed (exit status: 3)");
    }

    #[test]
    fn a_missing_program_is_an_error_and_no_success() {
        let error = run(&mut Command::new("/no/such")).unwrap_err();
        assert_eq!(error.to_string(), "cannot start `such`");
        assert!(!succeeds(&mut Command::new("/no/such")));
        assert!(succeeds(Command::new("/bin/sh").args(["-c", "echo unseen"])));
    }

    #[test]
    fn a_step_that_fails_is_named() {
        let error = step("layers", || anyhow::bail!("two cycles")).unwrap_err();
        assert_eq!(format!("{error:#}"), "step `layers`: two cycles");
    }
}
