//! Under what conditions it was measured.

use sqlx::PgConnection;
use std::process::Command;

/// The machine when the run began.
pub struct Machine {
    load: f64,
    /// Hundredths of a second that all cores had, and that the host took from them.
    ticks: (f64, f64),
}

impl Machine {
    pub fn now() -> Self {
        Self { load: load(), ticks: ticks() }
    }

    /// The load at the beginning.
    pub fn load(&self) -> f64 {
        self.load
    }

    /// As lines of Markdown, at the end of the run.
    pub async fn conditions(&self, owner: &mut PgConnection) -> anyhow::Result<Vec<String>> {
        let (all, stolen) = ticks();
        let steal = 100.0 * (stolen - self.ticks.1) / (all - self.ticks.0).max(1.0);
        let (version, buffers): (String, String) =
            sqlx::query_as("select version(), current_setting('shared_buffers')")
                .fetch_one(owner)
                .await?;
        let short = version.split(" on ").next().unwrap_or(&version).to_owned();
        let kernel = read("/proc/sys/kernel/osrelease");
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let memory = read("/proc/meminfo");
        let memory_gb = memory
            .split_whitespace()
            .nth(1)
            .and_then(|kb| kb.parse::<f64>().ok())
            .map_or(0.0, |kb| kb / 1_048_576.0);
        let build = if cfg!(debug_assertions) { "unoptimised" } else { "optimised" };
        Ok(vec![
            format!("{}, commit {}", chrono::Utc::now().format("%Y-%m-%d %H:%M UTC"), commit()),
            format!("{short}, shared_buffers {buffers}, else its defaults; client: {build} build"),
            format!("{cores} cores, {memory_gb:.0} GB, Linux {}", kernel.trim()),
            format!(
                "load {:.1} at the beginning and {:.1} at the end; {steal:.1} % of the time was \
                 the host's",
                self.load,
                load()
            ),
        ])
    }
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn load() -> f64 {
    let text = read("/proc/loadavg");
    text.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(0.0)
}

fn ticks() -> (f64, f64) {
    let text = read("/proc/stat");
    let line = text.lines().next().unwrap_or_default();
    let ticks: Vec<f64> = line.split_whitespace().filter_map(|f| f.parse().ok()).collect();
    (ticks.iter().take(8).sum(), ticks.get(7).copied().unwrap_or(0.0))
}

fn commit() -> String {
    let said = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
    let text = said.ok().filter(|said| said.status.success()).map(|said| said.stdout);
    text.map_or_else(|| "unknown".into(), |text| String::from_utf8_lossy(&text).trim().to_owned())
}
