//! Processes and the machine as the system sees them.

use anyhow::Context as _;
use std::fs;
use std::time::Instant;

/// A process' processor time, memory and open files at a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    at: Instant,
    user_s: f64,
    system_s: f64,
    /// Resident memory, MB.
    pub rss_mb: f64,
    /// Open files and sockets.
    pub files: usize,
}

/// Percent of one core between two looks.
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
pub(super) struct Share {
    /// In the program.
    pub user: f64,
    /// In the kernel, for it.
    pub system: f64,
}

impl Share {
    /// Both.
    pub(super) fn whole(self) -> f64 {
        self.user + self.system
    }
}

impl Look {
    /// Looks at process `pid` now.
    pub(super) fn at(pid: u32) -> anyhow::Result<Self> {
        let proc = format!("/proc/{pid}");
        let gone = || format!("process {pid} is gone");
        let stat = fs::read_to_string(format!("{proc}/stat")).with_context(gone)?;
        // The name may hold spaces; the fields are counted behind it.
        let fields: Vec<&str> =
            stat.rsplit(") ").next().unwrap_or_default().split_whitespace().collect();
        // Hundredths of a second on every Linux.
        let seconds =
            |n: usize| fields.get(n).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0) / 100.0;
        let status = fs::read_to_string(format!("{proc}/status")).with_context(gone)?;
        let rss = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let rss_kb = rss.and_then(|r| r.split_whitespace().next()?.parse::<f64>().ok());
        Ok(Self {
            at: Instant::now(),
            user_s: seconds(11),
            system_s: seconds(12),
            rss_mb: rss_kb.unwrap_or(0.0) / 1_024.0,
            files: fs::read_dir(format!("{proc}/fd")).map_or(0, Iterator::count),
        })
    }

    /// What it used since `before`.
    pub(super) fn share_since(&self, before: &Self) -> Share {
        let seconds = (self.at - before.at).as_secs_f64().max(0.001);
        Share {
            user: 100.0 * (self.user_s - before.user_s) / seconds,
            system: 100.0 * (self.system_s - before.system_s) / seconds,
        }
    }
}

/// The machine's load over the last minute.
pub(super) fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(0.0)
}

/// What the processor calls itself.
pub(super) fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or_else(|| "an unknown processor".into(), |(_, name)| name.trim().to_owned())
}

/// Ticks of all cores since the machine started.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Machine {
    all: f64,
    idle: f64,
    stolen: f64,
}

impl Machine {
    /// Looks now.
    pub(super) fn now() -> Self {
        let text = fs::read_to_string("/proc/stat").unwrap_or_default();
        let line = text.lines().next().unwrap_or_default();
        let ticks: Vec<f64> = line.split_whitespace().filter_map(|f| f.parse().ok()).collect();
        let tick = |n: usize| ticks.get(n).copied().unwrap_or(0.0);
        Self { all: ticks.iter().take(8).sum(), idle: tick(3) + tick(4), stolen: tick(7) }
    }

    /// Percent of the whole machine that everybody used since `before`.
    pub(super) fn busy_since(&self, before: &Self) -> f64 {
        let all = (self.all - before.all).max(1.0);
        100.0 * (all - (self.idle - before.idle)) / all
    }

    /// Percent that the host gave to others.
    pub(super) fn stolen_since(&self, before: &Self) -> f64 {
        100.0 * (self.stolen - before.stolen) / (self.all - before.all).max(1.0)
    }
}
