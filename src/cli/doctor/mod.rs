//! `treadline doctor`: the configuration against the world.
//!
//! Each check has a number, says what it found, and if that is bad, what to do about it.

mod asterisk;
mod base;
mod loopback;
mod report;
mod version;
mod voices;

use crate::config::{Config, Secrets};
use anyhow::bail;
use report::Report;

/// Checks one thing after the other and says what it found and what to do.
///
/// # Errors
/// When something would keep calls from being served.
pub async fn run(config: &Config, secrets: &Secrets) -> anyhow::Result<()> {
    let mut report = Report::default();
    report.ok("configuration", "can be read");
    base::ports(config, &mut report).await;
    base::database(config, secrets, &mut report).await;
    voices::check(config, secrets, &mut report).await;
    loopback::inside(&mut report).await;
    asterisk::check(config, secrets, &mut report).await;
    if report.bad() > 0 {
        bail!("{} of {} checks need somebody", report.bad(), report.checks());
    }
    Ok(())
}
