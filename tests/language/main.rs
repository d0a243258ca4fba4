//! The public tables of cases: what callers say, and how sentences are said.
#![expect(clippy::unwrap_used, reason = "a test over files of our own")]

mod spoken;
