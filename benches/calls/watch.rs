//! The measured process as the system sees it, and its own metrics page.

use std::time::Instant;

/// A process' processor time and memory at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    at: Instant,
    cpu_s: f64,
    /// Resident memory, MB.
    pub rss_mb: f64,
}

impl Look {
    /// Looks at process `pid` now.
    pub fn at(pid: u32) -> anyhow::Result<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The name may hold spaces; the fields are counted behind it.
        let fields: Vec<&str> =
            stat.rsplit(") ").next().unwrap_or_default().split_whitespace().collect();
        let ticks = |n: usize| fields.get(n).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let rss = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let rss_kb = rss.and_then(|r| r.split_whitespace().next()?.parse::<f64>().ok());
        Ok(Self {
            at: Instant::now(),
            // `utime` and `stime`, in hundredths of a second on every Linux.
            cpu_s: (ticks(11) + ticks(12)) / 100.0,
            rss_mb: rss_kb.unwrap_or(0.0) / 1_024.0,
        })
    }

    /// Percent of one core used since `before`.
    pub fn cpu_percent_since(&self, before: &Self) -> f64 {
        100.0 * (self.cpu_s - before.cpu_s) / (self.at - before.at).as_secs_f64()
    }
}

/// The machine's load over the last minute.
pub fn load_average() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(0.0)
}

/// Percent of all cores that everybody used since the last look.
#[derive(Debug, Default)]
pub struct Machine {
    busy: f64,
    all: f64,
}

impl Machine {
    /// The share since the last call, percent of the machine.
    pub fn busy_percent(&mut self) -> f64 {
        let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        let line = text.lines().next().unwrap_or_default();
        let ticks: Vec<f64> = line.split_whitespace().filter_map(|f| f.parse().ok()).collect();
        let all: f64 = ticks.iter().take(8).sum();
        let idle: f64 = ticks.iter().skip(3).take(2).sum();
        let share = 100.0 * (all - idle - self.busy) / (all - self.all).max(1.0);
        (self.busy, self.all) = (all - idle, all);
        share
    }
}

/// One histogram of the metrics page: upper bounds with the count up to each, and the whole.
pub fn histogram(page: &str, name: &str) -> (Vec<(f64, u64)>, u64) {
    let prefix = format!("{name}_bucket{{le=\"");
    let bucket = |line: &str| {
        let (bound, count) = line.strip_prefix(&prefix)?.split_once("\"} ")?;
        Some((bound.parse().ok()?, count.trim().parse().ok()?))
    };
    let buckets: Vec<(f64, u64)> = page.lines().filter_map(bucket).collect();
    let whole = buckets.last().map_or(0, |(_, count)| *count);
    (buckets, whole)
}

/// The least bound of the histogram that holds `share` of the values that came since `before`.
pub fn bound_of(before: &str, after: &str, name: &str, share: f64) -> Option<f64> {
    let ((old, old_whole), (new, whole)) = (histogram(before, name), histogram(after, name));
    let count = whole - old_whole;
    new.iter().enumerate().find_map(|(at, (bound, upto))| {
        let upto = upto - old.get(at).map_or(0, |(_, n)| *n);
        (count > 0 && upto as f64 >= share * count as f64).then_some(*bound)
    })
}
