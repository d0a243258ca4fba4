//! The run itself: callers in tasks, faults one after the other, a look at the program each
//! second, and the counts.

use super::SoakArgs;
use super::bounded::{DATABASE_MAX, within};
use super::caller::{Crowd, keep_calling};
use super::child::{Health, Node, Place};
use super::count::{self, Count};
use super::plan::{Fault, Plan, Timeline};
use super::proxy::{Proxy, Way};
use super::say;
use super::shop::Shop;
use crate::clock::WallClock;
use crate::db;
use crate::jobs::daily_stats;
use anyhow::{Context as _, ensure};
use chrono::{TimeDelta, Utc};
use indicatif::ProgressBar;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

/// How often the program is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long calls may take to end when no new ones are begun.
const QUIET_MAX: Duration = Duration::from_mins(3);
/// A quiet program's jobs and closed connections are given so long.
const REST: Duration = Duration::from_secs(3);
/// More than the clock is ever set ahead.
const AHEAD: TimeDelta = TimeDelta::hours(3);
/// Starts at the end until nothing waits in the spool any more.
const LAST_STARTS_MAX: usize = 5;

/// How the program was at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    /// Since the beginning.
    pub at: Duration,
    /// What was seen; calls are the callers' own count.
    pub health: Health,
    /// Calls that were over.
    pub done: usize,
}

/// A fault that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Happened {
    /// When it began and ended, since the beginning.
    pub from: Duration,
    /// When the program was whole again.
    pub to: Duration,
    /// What.
    pub fault: Fault,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(super) struct Report {
    /// Over time.
    pub samples: Vec<Sample>,
    /// In order.
    pub faults: Vec<Happened>,
    /// Calls in all.
    pub calls: usize,
    /// Orders and bookings that callers were told of.
    pub told: (usize, usize),
    /// How long it took, counts included.
    pub took: Duration,
    /// Everything that was counted.
    pub counts: Vec<Count>,
}

/// The world of a run.
struct World<'a> {
    place: Place,
    proxy: Proxy,
    node: Option<Node>,
    door: watch::Sender<Option<SocketAddr>>,
    open: watch::Sender<bool>,
    crowd: Arc<Crowd>,
    began: Instant,
    samples: Vec<Sample>,
    faults: Vec<Happened>,
    bar: &'a ProgressBar,
}

/// Runs the plan and counts.
pub(super) async fn run(
    args: &SoakArgs,
    plan: &Plan,
    shop: &Shop,
    work: &Path,
    bar: &ProgressBar,
) -> anyhow::Result<Report> {
    let began = Instant::now();
    say(bar, "the program starts");
    let proxy = Proxy::before(&shop.url).await?;
    let place = Place { work: work.to_owned(), url: proxy.url.clone() };
    let (door, seen) = watch::channel(None);
    let (open, may_call) = watch::channel(true);
    let (over, all_over) = watch::channel(false);
    let crowd = Arc::new(Crowd {
        door: seen,
        open: may_call,
        over: all_over,
        memories: std::sync::Mutex::default(),
        live: 0.into(),
        begun: 0.into(),
        seed: args.seed,
    });
    let mut world = World {
        place,
        proxy,
        node: None,
        door,
        open,
        crowd: Arc::clone(&crowd),
        began,
        samples: Vec::new(),
        faults: Vec::new(),
        bar,
    };
    world.start().await?;
    let stocked = shop.keep_stocked();
    let mut callers = JoinSet::new();
    for place in 0..args.callers {
        callers.spawn(keep_calling(Arc::clone(&crowd), place));
    }
    world.live_through(&plan.in_rough, plan.rough).await?;
    let warm = world.quiet().await?;
    world.open.send_replace(true);
    world.live_through(&plan.in_long, plan.long).await?;
    let end = world.quiet().await?;
    over.send_replace(true);
    world.open.send_replace(true);
    within(REST, "the callers to go home", callers.shutdown()).await?;
    stocked.abort();
    world.last_stops().await?;
    let memories = crowd.memories();
    let mut counts = vec![];
    say(bar, "everything is counted");
    within(DATABASE_MAX, "the days' figures", recount(&shop.url)).await??;
    let counted = within(DATABASE_MAX, "the counts", count::all(&shop.url, &memories)).await;
    counts.extend(counted??);
    counts.extend(count::left_behind(&world.place));
    counts.extend(count::grown(warm, end));
    let orders = memories.iter().filter(|memory| memory.order.is_some()).count();
    let bookings = memories.iter().filter(|memory| memory.booking).count();
    ensure!(orders + bookings > 0, "no caller got what they wanted: this soak proves nothing");
    Ok(Report {
        samples: world.samples,
        faults: world.faults,
        calls: memories.len(),
        told: (orders, bookings),
        took: began.elapsed(),
        counts,
    })
}

/// The job that counts days, once more, as it would in its next round.
async fn recount(url: &str) -> anyhow::Result<()> {
    let pool = db::connect(url, 2).await?;
    // A clock that was set ahead may have put calls into the next day.
    let clock = WallClock::starting_at(Utc::now() + AHEAD);
    daily_stats::run_once(&pool, &clock).await?;
    pool.close().await;
    Ok(())
}

impl World<'_> {
    async fn start(&mut self) -> anyhow::Result<()> {
        let node = Node::start(&self.place).await?;
        self.door.send_replace(Some(node.door));
        self.node = Some(node);
        Ok(())
    }

    fn node(&mut self) -> anyhow::Result<Node> {
        self.door.send_replace(None);
        self.node.take().context("the program does not run")
    }

    /// A part of the run: its faults at their times, and a look each second.
    async fn live_through(&mut self, faults: &Timeline, whole: Duration) -> anyhow::Result<()> {
        let began = Instant::now();
        for (at, fault) in faults {
            self.watch_until(began + *at).await?;
            let from = self.began.elapsed();
            say(self.bar, &format!("{:>7.1} s  {fault}", from.as_secs_f64()));
            let suffered = self.suffer(*fault).await;
            suffered.with_context(|| format!("at {:.1} s, {fault}", from.as_secs_f64()))?;
            self.faults.push(Happened { from, to: self.began.elapsed(), fault: *fault });
        }
        self.watch_until(began + whole).await
    }

    async fn watch_until(&mut self, until: Instant) -> anyhow::Result<()> {
        loop {
            self.look().await?;
            let next = Instant::now() + LOOK_EVERY;
            if next >= until {
                sleep_until(until).await;
                return Ok(());
            }
            sleep_until(next).await;
        }
    }

    /// The program must live: whoever ends it here is this run.
    async fn look(&mut self) -> anyhow::Result<Health> {
        let node = self.node.as_ref().context("the program does not run")?;
        let seen = node.health().await;
        let seen = seen.with_context(|| {
            format!("the program died by itself; see {}", self.place.log().display())
        })?;
        let calls = self.crowd.live.load(Ordering::SeqCst);
        let (at, done) = (self.began.elapsed(), self.crowd.done());
        self.samples.push(Sample { at, health: Health { calls, ..seen }, done });
        self.bar.set_position(at.as_secs());
        let memory = seen.memory / 1024 / 1024;
        self.bar.set_message(format!("{done} calls, {} faults, {memory} MB", self.faults.len()));
        Ok(seen)
    }

    async fn suffer(&mut self, fault: Fault) -> anyhow::Result<()> {
        match fault {
            Fault::Kill => {
                self.node()?.kill().await?;
                self.start().await
            }
            Fault::KillWhileAway(long) => {
                self.proxy.set(Way::Refuse);
                sleep(long / 2).await;
                self.node()?.kill().await?;
                self.start().await?;
                sleep(long / 2).await;
                self.proxy.set(Way::Open);
                Ok(())
            }
            Fault::Drain => {
                self.node()?.drain().await?;
                self.start().await
            }
            Fault::Refuse(long) => self.without(Way::Refuse, long).await,
            Fault::Silence(long) => self.without(Way::Silent, long).await,
            Fault::Cut => {
                self.proxy.cut();
                Ok(())
            }
            Fault::Clock(seconds) => {
                let node = self.node.as_ref().context("the program does not run")?;
                node.step_clock(seconds).await
            }
        }
    }

    async fn without(&mut self, way: Way, long: Duration) -> anyhow::Result<()> {
        self.proxy.set(way);
        let watched = self.watch_until(Instant::now() + long).await;
        self.proxy.set(Way::Open);
        watched
    }

    /// No new calls until none is left and the program has come to rest; how it is then.
    async fn quiet(&mut self) -> anyhow::Result<Health> {
        self.open.send_replace(false);
        say(self.bar, &format!("{:>7.1} s  calls may end", self.began.elapsed().as_secs_f64()));
        let deadline = Instant::now() + QUIET_MAX;
        loop {
            let (callers, calls) =
                (self.crowd.live.load(Ordering::SeqCst), self.look().await?.calls);
            if callers == 0 && calls == 0 {
                break;
            }
            ensure!(
                Instant::now() < deadline,
                "calls do not end: {callers} callers still talk, the program has {calls} calls; \
                 its last words:\n{}",
                self.place.last_words()
            );
            sleep(Duration::from_millis(200)).await;
        }
        sleep(REST).await;
        self.look().await
    }

    /// The last stop is gentle; what the log did not manage, the next start brings home.
    async fn last_stops(&mut self) -> anyhow::Result<()> {
        say(self.bar, &format!("{:>7.1} s  last stop", self.began.elapsed().as_secs_f64()));
        for _ in 0..LAST_STARTS_MAX {
            self.node()?.drain().await?;
            if self.place.journals() == 0 {
                return Ok(());
            }
            self.start().await?;
            sleep(REST).await;
        }
        self.node()?.drain().await
    }
}
