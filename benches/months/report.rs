//! The figures as a table and as a picture.

use super::ask::Asked;
use super::data::{Data, Kept, Size};
use super::drop::Dropped;
use std::fmt::Write as _;
use std::time::Duration;
use treadline::db::generate::Plan;

/// Everything that was measured.
pub struct Report {
    plan: Plan,
    /// Calls, lines and days.
    rows: (i64, i64, i64),
    filled_s: Option<f64>,
    sizes: Vec<Size>,
    pub asked: Vec<Asked>,
    pub dropped: Vec<Dropped>,
    pub conditions: Vec<String>,
}

/// One line: a figure by months, the same as one table, and how they are written.
struct Line {
    what: String,
    by_months: f64,
    as_one: f64,
    unit: &'static str,
}

impl Report {
    pub async fn new(data: &Data) -> anyhow::Result<Self> {
        Ok(Self {
            plan: data.plan,
            rows: data.rows().await?,
            filled_s: data.filled_s,
            sizes: data.sizes().await?,
            asked: Vec::new(),
            dropped: Vec::new(),
            conditions: Vec::new(),
        })
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for asked in &self.asked {
            let state = if asked.cold { "cold" } else { "warm" };
            lines.push(Line {
                what: format!("{}, {state}", asked.what),
                by_months: ms(median(&asked.by_months)),
                as_one: ms(median(&asked.as_one)),
                unit: "ms",
            });
            if !asked.cold {
                lines.push(Line {
                    what: format!("{}, warm, slowest tenth", asked.what),
                    by_months: ms(slow(&asked.by_months)),
                    as_one: ms(slow(&asked.as_one)),
                    unit: "ms",
                });
            }
        }
        let of = |kept: Kept, value: fn(&Dropped) -> Duration| {
            let all: Vec<Duration> =
                self.dropped.iter().filter(|one| one.kept == kept).map(value).collect();
            ms(median(&all))
        };
        let mut both = |what: &str, value: fn(&Dropped) -> Duration| {
            lines.push(Line {
                what: what.to_owned(),
                by_months: of(Kept::ByMonths, value),
                as_one: of(Kept::AsOne, value),
                unit: "ms",
            });
        };
        both("letting a month of lines go (drop, delete)", |one| one.took);
        both("the same until its space is free (vacuum)", |one| one.took + one.vacuum);
        let wal = |kept: Kept| {
            let all: Vec<f64> =
                self.dropped.iter().filter(|one| one.kept == kept).map(|one| mb(one.wal)).collect();
            all.iter().sum::<f64>() / all.len().max(1) as f64
        };
        lines.push(Line {
            what: "write-ahead log of it".into(),
            by_months: wal(Kept::ByMonths),
            as_one: wal(Kept::AsOne),
            unit: "MB",
        });
        lines.extend(self.size_lines());
        lines
    }

    fn size_lines(&self) -> Vec<Line> {
        let find = |table: &str, kept| {
            self.sizes.iter().find(|size| size.table == table && size.kept == kept)
        };
        let mut lines = Vec::new();
        for table in ["calls", "call_turns"] {
            let (Some(months), Some(one)) = (find(table, Kept::ByMonths), find(table, Kept::AsOne))
            else {
                continue;
            };
            let mut line = |what: &str, value: fn(&Size) -> i64| {
                lines.push(Line {
                    what: format!("{table}, {what}"),
                    by_months: mb(value(months)),
                    as_one: mb(value(one)),
                    unit: "MB",
                });
            };
            line("all", |size| size.whole);
            line("indexes", |size| size.indexes);
            line("largest index", |size| size.largest);
        }
        lines
    }

    /// The table, with what was measured and under which conditions.
    pub fn markdown(&self) -> String {
        let (calls, lines, days) = self.rows;
        let written = self.filled_s.map_or_else(String::new, |s| format!(", written in {s:.0} s"));
        let mut text = format!(
            "# By months against one table\n\n\
             {calls} calls and {lines} lines of {days} days (`treadline generate --seed {} --per-day \
             {}`){written}. The same rows of `calls` and `call_turns` stand a second time in tables without months, \
             with the same indexes, in the same database; both were asked in turn. Above 1 months \
             are better, below 1 one table is. Times are medians, at the client, transaction \
             included: {} rounds warm, {} cold (buffers of the server and of the system emptied, \
             new connection); a month's drop {} times.\n\n\
             ![the ratios](months.svg)\n\n\
             | what | by months | one table | one table / months |\n|---|---:|---:|---:|\n",
            self.plan.seed,
            self.plan.per_day,
            self.rounds(false),
            self.rounds(true),
            self.dropped.len() / 2,
        );
        for Line { what, by_months, as_one, unit } in self.lines() {
            let ratio = as_one / by_months.max(f64::MIN_POSITIVE);
            let _ = writeln!(
                text,
                "| {what} | {} {unit} | {} {unit} | {} |",
                figure(by_months),
                figure(as_one),
                figure(ratio)
            );
        }
        text += "\nConditions:\n\n";
        for line in &self.conditions {
            let _ = writeln!(text, "- {line}");
        }
        text += "\nRenewed by `make bench-months`.\n";
        text
    }

    fn rounds(&self, cold: bool) -> usize {
        self.asked.iter().find(|asked| asked.cold == cold).map_or(0, |asked| asked.as_one.len())
    }

    /// The ratios on a logarithmic scale: to the right months are better.
    pub fn svg(&self) -> String {
        const ROW: usize = 22;
        const MIDDLE: f64 = 520.0;
        /// Pixels for a factor of ten.
        const TENFOLD: f64 = 90.0;
        let lines = self.lines();
        let height = 64 + lines.len() * ROW;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"940\" height=\"{height}\" \
             viewBox=\"0 0 940 {height}\" role=\"img\" aria-label=\"one table against months\">\n\
             <style>svg{{--page:#fff;--text:#1f2328;--soft:#59636e;--good:#2a7d4f;--bad:#b5573a}}\
             @media(prefers-color-scheme:dark){{svg{{--page:#0d1117;--text:#e6edf3;--soft:#9198a1;\
             --good:#3fae74;--bad:#e08a68}}}}text{{font:12px sans-serif;fill:var(--text)}}\
             .soft{{fill:var(--soft)}}</style>\n\
             <rect width=\"940\" height=\"{height}\" fill=\"var(--page)\"/>\n\
             <text x=\"{MIDDLE}\" y=\"18\" text-anchor=\"middle\" class=\"soft\">one table / months \
             (to the right months are better)</text>\n"
        );
        for (exponent, label) in [(-1, "0.1"), (0, "1"), (1, "10"), (2, "100"), (3, "1000")] {
            let x = MIDDLE + f64::from(exponent) * TENFOLD;
            let _ = writeln!(
                svg,
                "<path d=\"M{x} 40V{}\" stroke=\"var(--soft)\" stroke-opacity=\".4\"/>\
                 <text x=\"{x}\" y=\"35\" text-anchor=\"middle\" class=\"soft\">{label}</text>",
                height - 14
            );
        }
        for (n, line) in lines.iter().enumerate() {
            let y = 46 + n * ROW;
            let ratio = (line.as_one / line.by_months.max(f64::MIN_POSITIVE)).clamp(0.05, 4_000.0);
            let long = ratio.log10() * TENFOLD;
            let (x, width) = if long < 0.0 { (MIDDLE + long, -long) } else { (MIDDLE, long) };
            let colour = if ratio >= 1.0 { "--good" } else { "--bad" };
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
                 <rect x=\"{x:.1}\" y=\"{y}\" width=\"{:.1}\" height=\"14\" fill=\"var({colour})\"/>\
                 <text x=\"{:.1}\" y=\"{}\" class=\"soft\">{}</text>",
                MIDDLE - TENFOLD - 30.0,
                y + 11,
                line.what,
                width.max(1.0),
                x + width + 6.0,
                y + 11,
                figure(ratio),
            );
        }
        svg += "</svg>\n";
        svg
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn mb(bytes: i64) -> f64 {
    bytes as f64 / 1_048_576.0
}

fn median(times: &[Duration]) -> Duration {
    at(times, 0.5)
}

/// The time that nine of ten stay under.
fn slow(times: &[Duration]) -> Duration {
    at(times, 0.9)
}

fn at(times: &[Duration], share: f64) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() as f64 * share) as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// Three digits that mean something.
fn figure(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}
