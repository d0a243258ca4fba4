//! `treadline restore FILE|DIR`: a backup into an empty database.

use super::backup::{journals, progress};
use super::out;
use crate::config;
use crate::db;
use crate::db::backup::{Restored, Target, folders, restore};
use std::path::{Path, PathBuf};

/// `treadline restore FILE|DIR [--into URL]`
#[derive(Debug, Clone, clap::Args)]
pub struct RestoreArgs {
    /// A backup; or a folder of backups, of which the newest is taken.
    #[arg(value_name = "FILE|DIR")]
    from: PathBuf,
    /// The empty database, if it is not the configured one. A password does not belong on a
    /// command line: put such a URL into `DATABASE_URL` instead.
    #[arg(long, value_name = "URL")]
    into: Option<String>,
}

/// Restores and says what came back.
///
/// # Errors
/// Why nothing was restored.
pub async fn run(args: RestoreArgs) -> anyhow::Result<()> {
    let (config, secrets) = config::load()?;
    // Kept until the end: it holds the program's own server up.
    let server = match &args.into {
        Some(_) => None,
        None => Some(db::open(&config, &secrets).await?),
    };
    let given = args.into.unwrap_or_default();
    let target = Target {
        from: args.from,
        url: server.as_ref().map_or(given, |server| server.reveal_url().to_owned()),
        programs: folders(&config),
        spool: db::embedded::spool_dir(&config)?,
    };
    let (bar, watch) = progress();
    let restored = restore(&target, &watch).await;
    bar.finish_and_clear();
    let restored = restored?;
    summary(&restored, &target.spool).iter().for_each(out::line);
    Ok(())
}

fn summary(restored: &Restored, spool: &Path) -> Vec<String> {
    let manifest = &restored.manifest;
    let width = manifest.tables.iter().map(|table| table.name.len()).max().unwrap_or(0);
    let mut lines = vec![format!("{:<width$} {:>10}  {}", "table", "rows", "checksum")];
    lines.extend(
        manifest
            .tables
            .iter()
            .map(|table| format!("{:<width$} {:>10}  the same", table.name, table.rows)),
    );
    lines.push(format!(
        "restored {}, made {} by {}: {} tables with {} rows",
        restored.path.display(),
        manifest.began_at.format("%Y-%m-%d %H:%M:%S UTC"),
        manifest.version,
        manifest.tables.len(),
        manifest.rows(),
    ));
    if !restored.migrated.is_empty() {
        let versions: Vec<String> = restored.migrated.iter().map(i64::to_string).collect();
        lines.push(format!("brought up to date by migrations {}", versions.join(", ")));
    }
    if !restored.journals.is_empty() {
        lines.push(format!(
            "{} wait in {}: the next start of the program brings them into this database",
            journals(manifest.records(), restored.journals.len()),
            spool.display()
        ));
    }
    lines.push(
        "Who was forgotten after the backup was made is back: run `treadline forget` for them \
         again."
            .into(),
    );
    lines
}
