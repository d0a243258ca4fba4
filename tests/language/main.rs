//! The public tables of spoken language: what callers say and what it means, and how sentences are
//! said; line by line, judged by hand. Lines with `#` are headings.

mod heard;
mod spoken;
