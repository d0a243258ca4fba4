//! The lines of `treadline doctor`.

use crate::cli::out;

/// Counts checks while it prints them.
#[derive(Debug, Default)]
pub(super) struct Report {
    checks: u32,
    bad: u32,
}

impl Report {
    pub(super) const fn checks(&self) -> u32 {
        self.checks
    }

    pub(super) const fn bad(&self) -> u32 {
        self.bad
    }

    fn line(&mut self, verdict: &str, what: &str, found: &str) {
        self.checks += 1;
        out::line(format!("{:>2} {verdict:<4} {what}: {found}", self.checks));
    }

    /// All is well.
    pub(super) fn ok(&mut self, what: &str, found: &str) {
        self.line("ok", what, found);
    }

    /// Calls are served, but somebody may want to know.
    pub(super) fn note(&mut self, what: &str, found: &str) {
        self.line("note", what, found);
    }

    /// Calls are not served, or not as configured.
    pub(super) fn broken(&mut self, what: &str, found: &str, to_do: &str) {
        self.bad += 1;
        self.line("BAD", what, found);
        out::line(format!("        -> {to_do}"));
    }
}
