//! `treadline grafana`: what an existing Grafana and Prometheus can be given.

use super::out;
use crate::desk::grafana;
use clap::ValueEnum;

/// `treadline grafana [dashboard|rules]`
#[derive(Debug, clap::Args)]
pub struct GrafanaArgs {
    /// Which file.
    #[arg(default_value = "dashboard")]
    what: What,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// The dashboard, to be imported.
    Dashboard,
    /// The alert rules of Prometheus.
    Rules,
}

/// Prints it.
pub fn run(args: &GrafanaArgs) {
    out::print(match args.what {
        What::Dashboard => grafana::DASHBOARD.as_bytes(),
        What::Rules => grafana::RULES.as_bytes(),
    });
}
