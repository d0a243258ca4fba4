//! The whole line under calls: delay, late frames, processor and memory of each call.
//!
//! `cargo bench --bench calls` starts the product's line in a process of its own (see `server`),
//! plays callers against it from this one, and prints each figure beside its target. Callers
//! measure by their own clock; the server's own page is printed as a second witness. A machine
//! that is busy with other things measures those: the run says how busy it was.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

mod server;
mod table;
mod watch;

use anyhow::{Context as _, ensure};
use std::io::BufRead as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;
use table::Table;
use tokio::sync::mpsc;
use tokio::time::sleep;
use treadline::caller::decisions::Waits;
use treadline::caller::load::{LoadReport, Plan, Spread, run as run_load};
use treadline::caller::signal::speech_like;
use treadline::db::embedded;
use watch::{Look, Machine, bound_of};

/// The silence that ends a caller's turn, as configured in the measured line.
const ENDPOINTING_MS: u64 = 500;
/// How long a caller must speak over us to stop us.
const BARGE_IN_MS: u64 = 200;
/// Calls at the same time.
const CROWD: usize = 50;
const ARRIVALS_PER_SECOND: f64 = 10.0;
/// Length of each part, seconds: one call, the crowd, each caller of the stream.
const ALONE_S: u64 = 60;
const CROWD_S: u64 = 45;
const PASSING_S: u64 = 5;
const PASSING_CALLS: usize = 300;
/// The same with `--quick`. A caller's third utterance is the one that interrupts, and it comes
/// after some fifteen seconds.
const QUICK_ALONE_S: u64 = 26;
const QUICK_CROWD_S: u64 = 28;
const QUICK_PASSING_CALLS: usize = 100;
/// A machine busier than this at the start is told to be a bad place for measuring, percent.
const BUSY_PERCENT_MAX: f64 = 10.0;
/// The generator's own lateness that spoils a run.
const OWN_LATE_MS_MAX: u64 = 10;

fn main() -> anyhow::Result<()> {
    if std::env::args().any(|argument| argument == "--serve") {
        return server::run();
    }
    let quick = std::env::args().any(|argument| argument == "--quick");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure(quick))
}

/// The measured process. It ends when its input is closed, so also when we die.
struct Measured {
    child: Child,
    input: Option<ChildStdin>,
    audiosocket: SocketAddr,
    http: SocketAddr,
    _postgres: embedded::Handle,
}

impl Measured {
    async fn start() -> anyhow::Result<Self> {
        let data_dir = data_dir();
        let postgres = embedded::ensure_running_with(&embedded::Options {
            postgres_dir: treadline::parts::dir()?.join("postgres"),
            data_dir: data_dir.clone(),
            durable: true,
            idle_max: embedded::IDLE_MAX,
            program: PathBuf::from(env!("CARGO_BIN_EXE_treadline")),
        })
        .await?;
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--serve")
            .env("DATABASE_URL", &postgres.url)
            .env("TREADLINE__DATABASE__DATA_DIR", &data_dir)
            .env("RUST_LOG", "error")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().context("the server's output")?;
        let mut first = String::new();
        std::io::BufReader::new(output).read_line(&mut first)?;
        let (audiosocket, http) =
            first.trim().split_once(' ').context("the server did not start")?;
        let input = child.stdin.take();
        Ok(Self {
            audiosocket: audiosocket.parse()?,
            http: http.parse()?,
            child,
            input,
            _postgres: postgres,
        })
    }

    fn look(&self) -> anyhow::Result<Look> {
        Look::at(self.child.id())
    }

    async fn page(&self) -> anyhow::Result<String> {
        Ok(reqwest::get(format!("http://{}/metrics", self.http)).await?.text().await?)
    }

    fn plan(&self, calls: usize, stays_s: u64) -> Plan {
        // Ends in full voice: a signal that fades would leave its end to taste.
        Plan {
            to: self.audiosocket,
            calls,
            per_second: ARRIVALS_PER_SECOND,
            stays: Duration::from_secs(stays_s),
            rate: 8_000,
            says: vec![speech_like(8_000, 1_375).into()],
            waits: Some(Waits {
                endpointing: Duration::from_millis(ENDPOINTING_MS),
                barge_in: Duration::from_millis(BARGE_IN_MS),
            }),
            dialplan: None,
            mixed: false,
        }
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// Under `target`, unless Postgres' unprivileged user cannot get there.
fn data_dir() -> PathBuf {
    let under_target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    if embedded::reachable_by_others(&under_target) {
        return under_target;
    }
    std::env::temp_dir().join("treadline-bench")
}

async fn play(plan: Plan) -> LoadReport {
    let (told, mut progress) = mpsc::unbounded_channel();
    let ignored = tokio::spawn(async move { while progress.recv().await.is_some() {} });
    let report = run_load(plan, told).await;
    ignored.abort();
    report
}

/// A part of the run: what callers saw, and the server's page before and after.
struct Part {
    report: LoadReport,
    before: String,
    after: String,
    machine_busy: f64,
}

async fn part(measured: &Measured, plan: Plan) -> anyhow::Result<Part> {
    let mut machine = Machine::default();
    machine.busy_percent();
    let before = measured.page().await?;
    let report = play(plan).await;
    // Measurements of the last turn are on the page a moment after the caller heard it.
    sleep(Duration::from_millis(200)).await;
    let after = measured.page().await?;
    ensure!(report.calls_failed == 0, "calls failed: {:?}", report.failures);
    Ok(Part { report, before, after, machine_busy: machine.busy_percent() })
}

async fn measure(quick: bool) -> anyhow::Result<()> {
    let (alone_s, crowd_s, passing_calls) = if quick {
        (QUICK_ALONE_S, QUICK_CROWD_S, QUICK_PASSING_CALLS)
    } else {
        (ALONE_S, CROWD_S, PASSING_CALLS)
    };
    let mut machine = Machine::default();
    machine.busy_percent();
    sleep(Duration::from_secs(1)).await;
    let busy = machine.busy_percent();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{} cores, {busy:.0} % busy and load {:.2} before the start; {}",
        cores,
        watch::load_average(),
        if cfg!(debug_assertions) { "NOT OPTIMISED" } else { "optimised build" },
    );
    if busy > BUSY_PERCENT_MAX {
        println!("WARNING: the machine is busy with something else; the figures are too high.");
    }
    let measured = Measured::start().await?;
    println!("warm-up: 2 calls");
    play(measured.plan(2, 8)).await;
    println!("one call for {alone_s} s");
    let alone = tokio::spawn(play(measured.plan(1, 8)));
    sleep(Duration::from_secs(6)).await;
    let one = measured.look()?;
    alone.await?;
    let single = part(&measured, measured.plan(1, alone_s)).await?;
    println!("{CROWD} calls for {crowd_s} s");
    let (crowd, looks) = tokio::join!(part(&measured, measured.plan(CROWD, crowd_s)), async {
        // All are there and talking; none has left.
        sleep(Duration::from_secs_f64(CROWD as f64 / ARRIVALS_PER_SECOND + 2.0)).await;
        let begin = measured.look();
        sleep(Duration::from_secs(crowd_s - 8)).await;
        begin.and_then(|begin| Ok((begin, measured.look()?)))
    });
    let (crowd, (begin, end)) = (crowd?, looks?);
    println!("{passing_calls} calls of {PASSING_S} s, 10 arrivals a second");
    let passing = part(&measured, measured.plan(passing_calls, PASSING_S)).await?;
    let mut table = Table::default();
    delays(&mut table, "1 call", &single, 10.0);
    delays(&mut table, "50 calls", &crowd, 40.0);
    table.add(
        "late frames, 50 calls",
        Some(crowd.report.late_frames as f64),
        0.0,
        "",
        frames(&crowd),
    );
    table.add(
        "late frames, 10 arrivals a second",
        Some(passing.report.late_frames as f64),
        0.0,
        "",
        frames(&passing),
    );
    let cpu = end.cpu_percent_since(&begin) / CROWD as f64;
    table.add(
        "processor a call",
        Some(cpu),
        0.3,
        "% of a core",
        "50 calls, user and system".into(),
    );
    let memory = (end.rss_mb - one.rss_mb) / (CROWD - 1) as f64;
    let note = format!("{:.1} MB at 1 call, {:.1} MB at 50", one.rss_mb, end.rss_mb);
    table.add("memory a call", Some(memory), 0.5, "MB", note);
    println!("\n{table}");
    for (name, part) in [("1 call", &single), ("50 calls", &crowd), ("arrivals", &passing)] {
        honesty(name, part);
    }
    table.draw(&Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench"))?;
    Ok(())
}

fn frames(part: &Part) -> String {
    format!("of {} frames, {} calls", part.report.frames, part.report.calls_ok)
}

/// A figure, if anything was measured for it.
fn sampled(spread: &Spread, figure: f64) -> Option<f64> {
    (spread.count > 0).then_some(figure)
}

fn delays(table: &mut Table, who: &str, part: &Part, overhead_max: f64) {
    let ms = |us: u64| us as f64 / 1_000.0;
    let report = &part.report;
    let first = &report.first_frame_ms;
    table.add(
        &format!("first frame, {who}"),
        sampled(first, first.max as f64),
        60.0,
        "ms",
        format!("worst of {}; p50 {}", first.count, first.p50),
    );
    let own = report.own_overhead_us.unwrap_or_default();
    let witness = |name, share| {
        bound_of(&part.before, &part.after, name, share)
            .map_or("-".to_owned(), |bound| format!("{bound:.0}"))
    };
    let note = format!(
        "of {} turns; p50 {:.1}, worst {:.1}; by the server's page p99 <= {}",
        own.count,
        ms(own.p50),
        ms(own.max),
        witness("treadline_own_overhead_ms", 0.99),
    );
    table.add(
        &format!("own overhead p99, {who}"),
        sampled(&own, ms(own.p99)),
        overhead_max,
        "ms",
        note,
    );
    let stop = report.barge_in_stop_us.unwrap_or_default();
    let note = format!("of {}; p50 {:.1}, worst {:.1}", stop.count, ms(stop.p50), ms(stop.max));
    let p99 = sampled(&stop, ms(stop.p99));
    table.add(&format!("barge-in to last frame p99, {who}"), p99, 60.0, "ms", note);
}

/// What may have spoilt a part.
fn honesty(name: &str, part: &Part) {
    let late = &part.report.own_late_ms;
    println!(
        "{name}: the generator's own frames left at worst p50 {} / p99 {} ms late; machine {:.0} % busy; unanswered {}",
        late.p50, late.p99, part.machine_busy, part.report.unanswered,
    );
    if late.p99 > OWN_LATE_MS_MAX {
        println!("WARNING: the generator itself was late; this part says little.");
    }
}
