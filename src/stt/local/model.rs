//! Where the set-up put things: the same rule as in `.make/setup.sh`.

use std::env;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// The folder of the set-up's parts: `TREADLINE_PARTS`; else `/var/lib/treadline/parts` for root;
/// else `treadline/parts` in the user's data folder.
#[must_use]
pub fn parts_dir() -> PathBuf {
    // The owner of one's own entry in /proc is the effective user.
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    choose(set("TREADLINE_PARTS"), root, set("XDG_DATA_HOME"), set("HOME"))
}

/// The model that `make setup` installs.
#[must_use]
pub fn model_path() -> PathBuf {
    parts_dir().join("whisper/ggml-tiny.en.bin")
}

fn choose(
    parts: Option<PathBuf>,
    root: bool,
    data: Option<PathBuf>,
    home: Option<PathBuf>,
) -> PathBuf {
    if let Some(parts) = parts {
        return parts;
    }
    if root {
        return PathBuf::from("/var/lib/treadline/parts");
    }
    data.unwrap_or_else(|| home.unwrap_or_default().join(".local/share")).join("treadline/parts")
}

#[cfg(test)]
mod tests {
    use super::choose;
    use std::path::{Path, PathBuf};

    #[test]
    fn the_parts_lie_where_the_set_up_puts_them() {
        let path = |text: &str| Some(PathBuf::from(text));
        let (data, home) = (path("/d"), path("/h"));
        assert_eq!(choose(path("/p"), true, data.clone(), home.clone()), Path::new("/p"));
        assert_eq!(
            choose(None, true, data.clone(), home.clone()),
            Path::new("/var/lib/treadline/parts")
        );
        assert_eq!(choose(None, false, data, home.clone()), Path::new("/d/treadline/parts"));
        assert_eq!(choose(None, false, None, home), Path::new("/h/.local/share/treadline/parts"));
    }
}
