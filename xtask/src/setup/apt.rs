//! Debian packages: found with dpkg, installed with apt where this user may.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell;

/// Installs those of `packages` that are missing, or fails with the line that does.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let Ok(installed) = installed() else {
        eprintln!(
            "NOT CHECKED: there is no dpkg-query here; delos needs the headers and libraries of OpenCV 4 \
             (core, imgproc, imgcodecs, videoio), clang and libclang"
        );
        return Ok(());
    };
    let missing = missing(packages, &installed);
    if missing.is_empty() {
        eprintln!("packages: all {} are installed", packages.len());
        return Ok(());
    }
    eprintln!("packages: installing {}", missing.join(", "));
    let Some(rights) = Rights::of_this_user() else {
        bail!(
            "packages are missing and this user may not install them; run: \
             sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
            missing.join(" ")
        );
    };
    if let Err(error) = shell::run(rights.apt_get().arg("update")) {
        eprintln!("{error}: going on with the package lists that are there");
    }
    let mut install = rights.apt_get();
    shell::run(install.args(["install", "-y", "--no-install-recommends"]).args(missing))
}

/// The names of all installed packages.
fn installed() -> Result<Vec<String>> {
    let output = Command::new("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status} ${Package}\n"])
        .output()
        .context("run dpkg-query")?;
    Ok(parse_installed(&String::from_utf8_lossy(&output.stdout)))
}

fn parse_installed(listing: &str) -> Vec<String> {
    listing.lines().filter_map(|line| line.strip_prefix("installed ")).map(str::to_owned).collect()
}

fn missing<'a>(packages: &[&'a str], installed: &[String]) -> Vec<&'a str> {
    let is_there = |wanted: &str| installed.iter().any(|name| serves_as(name, wanted));
    packages.iter().copied().filter(|wanted| !is_there(wanted)).collect()
}

/// Any version of libclang will do where Debian 12's is wanted.
fn serves_as(name: &str, wanted: &str) -> bool {
    name == wanted || (wanted.starts_with("libclang1-") && name.starts_with("libclang1-"))
}

/// How this user may install packages.
enum Rights {
    Root,
    Sudo,
}

impl Rights {
    fn of_this_user() -> Option<Self> {
        let id = Command::new("id").arg("-u").output().ok()?;
        if id.stdout.trim_ascii() == b"0" {
            return Some(Self::Root);
        }
        shell::succeeds(Command::new("sudo").args(["-n", "true"])).then_some(Self::Sudo)
    }

    fn apt_get(&self) -> Command {
        let mut command = match self {
            Self::Root => Command::new("env"),
            Self::Sudo => Command::new("sudo"),
        };
        if matches!(self, Self::Sudo) {
            command.args(["-n", "env"]);
        }
        // Without a terminal nobody answers questions; another apt may hold the lock for a while.
        command.args([
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-o",
            "DPkg::Lock::Timeout=300",
        ]);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_installed_counts() {
        let listing = "installed clang\nconfig-files libopencv-core-dev\nnot-installed gcc\n";
        assert_eq!(parse_installed(listing), ["clang"]);
    }

    #[test]
    fn missing_packages_keep_their_order() {
        let installed = ["clang".to_owned(), "libclang1-18".to_owned()];
        let wanted = ["libopencv-core-dev", "clang", "libclang1-14", "mesa-vulkan-drivers"];
        assert_eq!(missing(&wanted, &installed), ["libopencv-core-dev", "mesa-vulkan-drivers"]);
    }

    #[test]
    fn a_similar_name_is_another_package() {
        assert_eq!(missing(&["clang"], &["clang-14".to_owned()]), ["clang"]);
    }
}
