//! A short soak: kills, a drain, outages and a clock step in less than half a minute of calls, and
//! counts that agree.

use crate::support::database::fresh_database;
use crate::support::program::Folder;
use std::process::Stdio;
use std::time::Duration;
use tokio::time::timeout;

/// Every wait of the soak is shorter and says what it waited for; this is for a machine that does
/// nothing else but wait.
const PATIENCE: Duration = Duration::from_mins(8);

#[tokio::test]
async fn after_kills_outages_and_clock_steps_all_counts_agree() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    let args = "soak --minutes 0.35 --every 2.5 --callers 3 --seed 2 --out out";
    let mut program = folder.program(&args.split(' ').collect::<Vec<_>>());
    let running = program.stderr(Stdio::piped()).output();
    let done = timeout(PATIENCE, running).await.expect("in time").expect("it runs");
    let (said, error) =
        (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{said}\n{error}");
    assert!(!said.contains("BAD") && said.contains("ok  every order that a caller"), "{said}");
    let page = folder.read("out/soak.md");
    assert!(page.contains("Everything agrees."), "{page}");
    for kind in [
        "kill -9 in an outage",
        "kill -9 |",
        "graceful drain",
        "database refuses",
        "database silent",
        "clock step",
    ] {
        assert!(page.contains(kind), "{kind} did not happen:\n{page}");
        let told = kind.trim_end_matches(" |");
        assert!(error.contains(told), "who watches without a terminal is not told: {error}");
    }
    assert!(folder.read("out/soak.svg").contains("</svg>"));
}
