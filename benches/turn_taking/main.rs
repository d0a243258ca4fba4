//! Dead air against false cut-offs: all ways to decide that a caller's turn is over, side by side.
//! `cargo bench --bench turn_taking`.
//!
//! The callers are scripted: sentences with pauses inside, from a seed, the same for every policy.
//! Time is virtual, so the figures are exact and the same on every machine: what is compared is when
//! the core decides, not how fast this machine is. The core is the product's own.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

mod callers;
mod line;
mod policies;
mod report;

use callers::Style;
use line::{Line, Seen};
use policies::Policy;
use report::Figures;
use std::path::Path;

/// Calls of each style, and turns of each call.
const CALLS: u64 = 20;
const TURNS: usize = 12;
/// The silences of the curve in the picture.
const CURVE: [u64; 6] = [300, 400, 500, 800, 1_200, 1_600];

fn main() -> anyhow::Result<()> {
    let figures: Vec<Figures> = Policy::all().iter().map(measure).collect();
    let curve: Vec<Figures> = CURVE.iter().map(|ms| measure(&Policy::fixed(*ms))).collect();
    let turns = CALLS as usize * Style::ALL.len() * TURNS;
    let text = report::markdown(&figures, turns);
    println!("{text}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/turn_taking");
    std::fs::write(folder.join("RESULTS.md"), text)?;
    std::fs::write(folder.join("turn_taking.svg"), report::picture(&figures, &curve))?;
    Ok(())
}

/// All callers, under one policy.
fn measure(policy: &Policy) -> Figures {
    let mut seen: Vec<(Style, Seen)> = Vec::new();
    let (mut asked, mut asked_ahead) = (0, 0);
    for style in Style::ALL {
        for seed in 0..CALLS {
            let turns = callers::turns(seed, style, TURNS + 1);
            let mut line = Line::greeted(policy);
            // The first turn only brings the first question.
            for pair in turns.windows(2) {
                seen.push((style, line.takes(&pair[0], pair[1].question)));
            }
            asked += line.asked;
            asked_ahead += line.asked_ahead;
        }
    }
    Figures { name: policy.name.clone(), seen, asked, asked_ahead }
}
