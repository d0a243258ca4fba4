//! The run in words.

use super::SoakArgs;
use super::plan::Plan;
use super::run::Report;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

const MB: u64 = 1024 * 1024;

/// A page of Markdown.
pub(super) fn markdown(args: &SoakArgs, plan: &Plan, report: &Report) -> String {
    let mut page = String::from("# Soak\n\n");
    let bad = report.counts.iter().filter(|count| count.wrong.is_some()).count();
    let verdict = match bad {
        0 => "Everything agrees.".to_owned(),
        bad => format!("**{bad} of {} counts disagree.**", report.counts.len()),
    };
    let whole = plan.rough + plan.long;
    let _ = write!(
        page,
        "{verdict} Treadline {}, {} of calls by {} callers at once, {} calls, {} orders and {} \
         bookings told to callers, {} faults of {} planned, seed {}; {} with the counts. Build: {}.\n\n",
        env!("CARGO_PKG_VERSION"),
        minutes(whole),
        args.callers,
        report.calls,
        report.told.0,
        report.told.1,
        report.faults.len(),
        plan.faults(),
        args.seed,
        minutes(report.took),
        if cfg!(debug_assertions) { "debug" } else { "release" },
    );
    page += "![memory, calls and faults over time](soak.svg)\n\n## Counts\n\n";
    page += "| | what | counted | first disagreement |\n|---|---|---|---|\n";
    for count in &report.counts {
        let word = if count.wrong.is_none() { "ok" } else { "**bad**" };
        let wrong = count.wrong.as_deref().unwrap_or("").replace('|', "\\|");
        let _ = writeln!(page, "| {word} | {} | {} | {wrong} |", count.name, count.found);
    }
    page +=
        "\n## Faults\n\n| kind | times | longest until the program was whole |\n|---|---|---|\n";
    let mut kinds: BTreeMap<&str, (usize, Duration)> = BTreeMap::new();
    for happened in &report.faults {
        let (times, longest) = kinds.entry(happened.fault.kind()).or_default();
        *times += 1;
        *longest = (*longest).max(happened.to.saturating_sub(happened.from));
    }
    for (kind, (times, longest)) in kinds {
        let _ = writeln!(page, "| {kind} | {times} | {:.1} s |", longest.as_secs_f64());
    }
    let most = report.samples.iter().map(|sample| sample.health.memory).max().unwrap_or(0);
    let _ = write!(
        page,
        "\nMost memory: {} MB. In the last third of the run the program is not ended any more: its \
         memory, files and tasks in a quiet moment at the beginning of that part are compared with \
         those at the end.\n\nAgain: `treadline soak --minutes {} --callers {} --every {} --seed {}`.\n",
        most / MB,
        args.minutes,
        args.callers,
        args.every,
        args.seed,
    );
    page
}

fn minutes(long: Duration) -> String {
    format!("{:.1} min", long.as_secs_f64() / 60.0)
}
