//! `treadline backup FILE|DIR`: the database and what is on its way to it, in one file.

use super::out;
use crate::config;
use crate::db;
use crate::db::backup::{Made, Order, Told, Watch, backup, folders};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::sync::Arc;

const MB: f64 = 1_048_576.0;

/// `treadline backup FILE|DIR`
#[derive(Debug, Clone, clap::Args)]
pub struct BackupArgs {
    /// A new file; or a folder, in which one is named by the time.
    #[arg(value_name = "FILE|DIR")]
    to: PathBuf,
}

/// Makes a backup and says what is in it. Calls may go on meanwhile.
///
/// # Errors
/// Why there is none; no file is left behind then.
pub async fn run(args: BackupArgs) -> anyhow::Result<()> {
    let (config, secrets) = config::load()?;
    let server = db::open(&config, &secrets).await?;
    let order = Order {
        url: server.reveal_url().to_owned(),
        programs: folders(&config),
        spool: db::embedded::spool_dir(&config)?,
        to: args.to,
        now: chrono::Utc::now(),
    };
    let (bar, watch) = progress();
    let made = backup(&order, &watch).await;
    bar.finish_and_clear();
    let made = made?;
    summary(&made).iter().for_each(out::line);
    Ok(())
}

/// A bar on standard error (hidden where there is no terminal) and who tells it.
pub(super) fn progress() -> (ProgressBar, Watch) {
    let bar = ProgressBar::new(0);
    let shown = bar.clone();
    let watch: Watch = Arc::new(move |told| match told {
        Told::Begun(stage, all) => {
            let template = match (stage.is_bytes(), all) {
                (true, 0) => "{elapsed} {msg} {bytes}",
                (true, _) => "{elapsed} {msg} {wide_bar} {bytes}/{total_bytes}",
                (false, _) => "{elapsed} {msg} {wide_bar} {pos}/{len}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                shown.set_style(style);
            }
            shown.set_message(stage.name());
            shown.set_length(all);
            shown.set_position(0);
        }
        Told::Done(more) => shown.inc(more),
    });
    (bar, watch)
}

fn summary(made: &Made) -> Vec<String> {
    let manifest = &made.manifest;
    let width = manifest.tables.iter().map(|table| table.name.len()).max().unwrap_or(0);
    let filled = manifest.tables.iter().filter(|table| table.rows > 0);
    let mut lines: Vec<String> =
        filled.map(|table| format!("{:<width$} {:>10}", table.name, table.rows)).collect();
    lines.push(format!(
        "{}: {} tables with {} rows, {} on their way, {:.1} MB, {:.1} s",
        made.path.display(),
        manifest.tables.len(),
        manifest.rows(),
        journals(manifest.records(), manifest.journals.len()),
        made.bytes as f64 / MB,
        (manifest.ended_at - manifest.began_at).num_milliseconds() as f64 / 1000.0,
    ));
    lines.push(
        "It holds who your callers are and what they said. Only you can read it (mode 0600); keep \
         it as you keep the database, and no longer than [retention] allows."
            .into(),
    );
    lines
}

/// `3 records in 2 journals`
pub(super) fn journals(records: u64, files: usize) -> String {
    let s = |many: bool| if many { "s" } else { "" };
    format!("{records} record{} in {files} journal{}", s(records != 1), s(files != 1))
}
