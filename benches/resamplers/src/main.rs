//! Our resampler beside those of others, at the work of a telephone call: 20 ms of mono 16-bit sound at
//! a time, in and out.
//!
//! `resamplers FOLDER` writes a table and pictures into the folder and prints the table.

mod audio;
mod contestants;
mod count;
mod foreign;
mod measure;
mod report;

#[allow(dead_code, unused_imports, reason = "only lines are drawn here")]
pub mod chart;

use std::path::PathBuf;

/// From and to, samples a second.
pub const PAIRS: [(u32, u32); 5] =
    [(8_000, 16_000), (16_000, 8_000), (24_000, 8_000), (8_000, 24_000), (22_050, 8_000)];

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".into()));
    let parts: Vec<report::Part> =
        PAIRS.iter().map(|(from, to)| report::Part::measure(*from, *to)).collect();
    let text = report::text(&parts);
    println!("{text}");
    std::fs::write(folder.join("RESULTS-resamplers.md"), text).expect("the folder can be written");
    for part in &parts {
        let picture = folder.join(format!("resamplers-{}.svg", part.name()));
        std::fs::write(picture, part.picture()).expect("the folder can be written");
    }
}
