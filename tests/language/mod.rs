//! The public tables of spoken language: what callers say and what it means, and how sentences are
//! said; line by line, judged by hand. Lines with `#` are headings.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test prints its figures and may fail loudly"
)]

mod heard;
mod spoken;
