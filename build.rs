//! What the program knows of its own sources: its migrations, and which core it has.

use std::fs;
use std::path::{Path, PathBuf};

/// What decides how a call goes: a journal replays to the same effects as long as these stay.
const CORE: [&str; 6] =
    ["src/turn", "src/language", "src/shop", "src/ids.rs", "src/pii.rs", "src/clock.rs"];

fn main() {
    // A new file among them is a reason to build again.
    println!("cargo:rerun-if-changed=migrations");
    let mut files = Vec::new();
    for place in CORE {
        println!("cargo:rerun-if-changed={place}");
        collect(Path::new(place), &mut files);
    }
    files.sort();
    // FNV-1a: it must only tell two cores apart.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        for byte in fs::read(&file).unwrap_or_default() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    println!("cargo:rustc-env=TREADLINE_CORE={:012x}", hash & 0xffff_ffff_ffff);
}

/// All files under a place; a place that is a file is one.
fn collect(place: &Path, files: &mut Vec<PathBuf>) {
    match fs::read_dir(place) {
        Ok(entries) => entries.flatten().for_each(|entry| collect(&entry.path(), files)),
        Err(_) => files.push(place.to_owned()),
    }
}
