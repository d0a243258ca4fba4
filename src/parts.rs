//! Where the set-up puts what it installs: the same rule as in `.make/setup.sh`.

use std::env;
use std::ffi::OsString;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

/// No folder can be found, because the environment does not say where the user lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither {0} nor HOME is set")]
pub struct Homeless(&'static str);

/// The folder of the set-up's parts: `TREADLINE_PARTS`; else `/var/lib/treadline/parts` for root;
/// else `treadline/parts` in the user's data folder.
///
/// # Errors
/// The environment names no home.
pub fn dir() -> Result<PathBuf, Homeless> {
    choose(is_root(), |name| env::var_os(name))
}

/// The speech model that the set-up installs.
///
/// # Errors
/// The environment names no home.
pub fn whisper_model() -> Result<PathBuf, Homeless> {
    Ok(dir()?.join("whisper/ggml-tiny.en.bin"))
}

/// Whether this process is root's: the owner of its own entry in `/proc` is the effective user.
#[must_use]
pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// A folder of the user: the one that `variable` names, else the one `under_home`. Empty and
/// relative paths do not count, by the rule of such variables.
///
/// # Errors
/// Neither is known.
pub fn of_user(variable: &'static str, under_home: &str) -> Result<PathBuf, Homeless> {
    of_user_in(variable, under_home, |name| env::var_os(name))
}

fn choose(root: bool, set: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, Homeless> {
    if let Some(parts) = set("TREADLINE_PARTS").filter(|parts| !parts.is_empty()) {
        return Ok(parts.into());
    }
    if root {
        return Ok("/var/lib/treadline/parts".into());
    }
    Ok(of_user_in("XDG_DATA_HOME", ".local/share", set)?.join("treadline/parts"))
}

fn of_user_in(
    variable: &'static str,
    under_home: &str,
    set: impl Fn(&str) -> Option<OsString>,
) -> Result<PathBuf, Homeless> {
    let absolute = |name| set(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute(variable)
        .or_else(|| absolute("HOME").map(|home| home.join(under_home)))
        .ok_or(Homeless(variable))
}

#[cfg(test)]
mod tests {
    use super::{Homeless, choose};
    use std::ffi::OsString;
    use std::path::PathBuf;

    fn chosen(root: bool, environment: &[(&str, &str)]) -> Result<PathBuf, Homeless> {
        choose(root, |name| {
            environment.iter().find(|(n, _)| *n == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_parts_lie_where_the_set_up_puts_them() {
        let all = [("TREADLINE_PARTS", "/p"), ("XDG_DATA_HOME", "/d"), ("HOME", "/h")];
        let path = |text: &str| Ok(PathBuf::from(text));
        assert_eq!(chosen(true, &all), path("/p"));
        assert_eq!(chosen(true, &all[1..]), path("/var/lib/treadline/parts"));
        assert_eq!(chosen(false, &all[1..]), path("/d/treadline/parts"));
        assert_eq!(chosen(false, &all[2..]), path("/h/.local/share/treadline/parts"));
    }

    #[test]
    fn who_has_no_home_is_told_so() {
        let error = chosen(false, &[("TREADLINE_PARTS", ""), ("XDG_DATA_HOME", "")]).unwrap_err();
        assert_eq!(error.to_string(), "neither XDG_DATA_HOME nor HOME is set");
    }
}
