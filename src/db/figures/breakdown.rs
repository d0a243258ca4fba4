//! What the sums of some days are made of.

use super::TREND_DAYS;
use super::filter::{CallFilter, FUNNEL};
use super::range::Range;
use super::share::Tally;
use chrono::NaiveDate;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

/// How calls can end, in the order in which they are stacked: `ours` through a fault of ours,
/// `aside` not at all yet or before they were served.
pub const ENDS: [&str; 6] = ["resolved", "transferred", "callback", "abandoned", "ours", "aside"];

/// The outcomes of the log that are such an end.
const fn outcomes_of(end: &str) -> &'static [&'static str] {
    match end.as_bytes() {
        b"resolved" => &["resolved"],
        b"transferred" => &["transferred"],
        b"callback" => &["callback"],
        b"abandoned" => &["abandoned"],
        b"ours" => &["lost_process", "leg_lost", "error"],
        _ => &["open", "refused"],
    }
}

/// Calls that share a word.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The word of the log.
    pub word: String,
    /// How many calls.
    pub calls: Tally,
}

/// Calls of an hour or a day, by how they ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot<T> {
    /// Which hour or day.
    pub at: T,
    /// One for each of [`ENDS`].
    pub ends: Vec<Tally>,
}

/// A stage of what the shop sells.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// The word of the log; `done` for the last.
    pub stage: String,
    /// Calls that came so far, or farther.
    pub reached: Tally,
    /// Calls that settled nothing and ended here.
    pub lost: Tally,
}

/// What was sold.
#[derive(Debug, Clone, PartialEq)]
pub struct Sale {
    /// A service, or `tyre_order`.
    pub service: String,
    /// Calls in which it was sold.
    pub calls: Tally,
    /// How many of it.
    pub items: i64,
    /// What it brings, the shop's money; `None` if no price is known.
    pub revenue: Option<f64>,
}

/// What a kind of provider cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Paid {
    /// `stt`, `llm`, `tts`, …
    pub part: String,
    /// Calls that it cost something.
    pub calls: Tally,
    /// US dollars.
    pub usd: f64,
}

/// Who had the last word.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// `agent` or `operator`.
    pub by: &'static str,
    /// Calls of that side.
    pub calls: Tally,
    /// In which something was sold that stands.
    pub sold: Tally,
    /// The middle length, seconds.
    pub median_s: Option<f64>,
    /// What the providers cost, US dollars.
    pub cost_usd: f64,
    /// How long the caller waited for the person, the middle one, seconds.
    pub waited_s: Option<f64>,
}

/// What the sums are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Breakdown {
    /// All live calls by hour of the wall, 0 to 23.
    pub hours: Vec<Spot<i32>>,
    /// All live calls by day.
    pub days: Vec<Spot<NaiveDate>>,
    /// All live calls by weekday (Monday first) and hour; of four weeks, if these are fewer days.
    pub week: Vec<Vec<Tally>>,
    /// All live calls by what they were about, most first.
    pub scenarios: Vec<Word>,
    /// Counted calls that asked for a person, by why.
    pub reasons: Vec<Word>,
    /// Counted calls that asked for a person, by what came of it.
    pub fates: Vec<Word>,
    /// Counted calls that ended through a fault of ours, by which.
    pub faults: Vec<Word>,
    /// Counted calls by the criterion of quality that they missed.
    pub missed: Vec<Word>,
    /// Counted calls by how far they came; the first is every counted call.
    pub stages: Vec<Stage>,
    /// Counted calls by what was sold in them, dearest first.
    pub sales: Vec<Sale>,
    /// What every live call cost, dearest part first.
    pub paid: Vec<Paid>,
    /// The agent's calls, then the operators'.
    pub sides: Vec<Side>,
}

/// One row a group, from one reading of the calls: `kind` says of which.
const GROUPS: &str = "
with facts as materialized (
    select id, day, hour, outcome, scenario, standing, reason, fate, stage, missed
    from dashboard.call_facts where started_at >= $1 and started_at < $2
), counted as (select * from facts where standing = 'counted')
select 'hour' as kind, hour::text as word, outcome as other, count(*) as calls
from facts group by 2, 3
union all
select 'day', day::text, outcome, count(*) from facts group by 2, 3
union all
select 'scenario', scenario, '', count(*) from facts group by 2
union all
select 'reason', reason, '', count(*) from counted
where reason is not null and fate is not null group by 2
union all
select 'fate', fate, '', count(*) from counted where fate is not null group by 2
union all
select 'fault', outcome, '', count(*) from counted
where outcome in ('lost_process', 'leg_lost', 'error') group by 2
union all
select 'missed', word, '', count(distinct counted.id)
from counted cross join lateral jsonb_array_elements_text(missed) word group by 2
union all
select 'stage', coalesce(stage, ''), outcome, count(*) from counted group by 2, 3";

const WEEK: &str = "
select weekday::text, hour::text, count(*) as calls
from dashboard.call_facts where started_at >= $1 and started_at < $2 group by 1, 2";

const PAID: &str = "
select cost.key as part, count(*) as calls, sum(cost.value::numeric)::float8 as usd
from dashboard.call_facts f
cross join lateral jsonb_each_text(f.cost_breakdown) cost
where f.started_at >= $1 and f.started_at < $2 and cost.value::numeric > 0
group by 1 order by usd desc, 1";

const SALES: &str = "
select s.service, count(*) as calls, sum(s.items)::int8 as items, sum(s.revenue)::float8 as revenue
from dashboard.call_facts f join dashboard.call_sales s on s.call_id = f.id
where f.started_at >= $1 and f.started_at < $2 and f.standing = 'counted'
group by 1 order by revenue desc nulls last, 1";

const SIDES: &str = "
select f.outcome = 'transferred' or f.fate is not distinct from 'answered' as operator,
       count(*) as calls,
       count(*) filter (where exists (
           select from dashboard.call_sales s where s.call_id = f.id)) as sold,
       percentile_cont(0.5) within group (order by f.duration_seconds) as median_s,
       coalesce(sum(f.total_cost_usd), 0)::float8 as cost_usd,
       percentile_cont(0.5) within group (order by f.waited_seconds) as waited_s
from dashboard.call_facts f
where f.started_at >= $1 and f.started_at < $2 and f.standing = 'counted'
group by 1";

/// Groups of one kind: word, other word, calls.
type Groups = BTreeMap<String, BTreeMap<(String, String), i64>>;

pub(super) async fn load(conn: &mut PgConnection, range: &Range) -> Result<Breakdown, sqlx::Error> {
    let (from, to) = range.bounds();
    let rows: Vec<(String, String, String, i64)> =
        sqlx::query_as(GROUPS).bind(from).bind(to).fetch_all(&mut *conn).await?;
    let mut groups = Groups::new();
    for (kind, word, other, calls) in rows {
        groups.entry(kind).or_default().insert((word, other), calls);
    }
    let of = |kind: &str| groups.get(kind).cloned().unwrap_or_default();
    let days = range.from.iter_days().take_while(|day| *day <= range.to);
    Ok(Breakdown {
        hours: (0..24)
            .map(|hour| {
                let at = CallFilter { hour: Some(hour), ..CallFilter::of(range) };
                Spot { at: hour, ends: by_end(&of("hour"), &hour.to_string(), &at) }
            })
            .collect(),
        days: days
            .map(|day| {
                let at = CallFilter::of(&range.day(day));
                Spot { at: day, ends: by_end(&of("day"), &day.to_string(), &at) }
            })
            .collect(),
        week: week(conn, range).await?,
        scenarios: by_words(&of("scenario"), &CallFilter::of(range), "scenario"),
        reasons: by_words(
            &of("reason"),
            &CallFilter::counted(range).with("only", "asked"),
            "reason",
        ),
        fates: by_words(&of("fate"), &CallFilter::counted(range), "fate"),
        faults: by_words(&of("fault"), &CallFilter::counted(range), "outcome"),
        missed: by_words(&of("missed"), &CallFilter::counted(range), "missed"),
        stages: stages(&of("stage"), &CallFilter::counted(range)),
        sales: sales(conn, range).await?,
        paid: paid(conn, range).await?,
        sides: sides(conn, range).await?,
    })
}

fn by_end(groups: &BTreeMap<(String, String), i64>, word: &str, at: &CallFilter) -> Vec<Tally> {
    let calls = |outcome: &&str| groups.get(&(word.to_owned(), (*outcome).to_owned()));
    let tally = |end: &str| Tally {
        calls: outcomes_of(end).iter().filter_map(calls).sum(),
        filter: match end {
            "ours" | "aside" => at.clone().with("only", end),
            outcome => at.clone().with("outcome", outcome),
        },
    };
    ENDS.map(tally).to_vec()
}

/// A day alone has one row of the seven, and a week one number a cell: of such the last four weeks
/// are looked at.
async fn week(conn: &mut PgConnection, range: &Range) -> Result<Vec<Vec<Tally>>, sqlx::Error> {
    let long = (range.to - range.from).num_days().unsigned_abs() + 1;
    let range = range.stretched(TREND_DAYS.max(long));
    let (from, to) = range.bounds();
    let rows: Vec<(String, String, i64)> =
        sqlx::query_as(WEEK).bind(from).bind(to).fetch_all(conn).await?;
    let groups: BTreeMap<(String, String), i64> =
        rows.into_iter().map(|(weekday, hour, calls)| ((weekday, hour), calls)).collect();
    let spot = |weekday: i32, hour: i32| Tally {
        calls: groups.get(&(weekday.to_string(), hour.to_string())).copied().unwrap_or(0),
        filter: CallFilter { weekday: Some(weekday), hour: Some(hour), ..CallFilter::of(&range) },
    };
    Ok((1..=7).map(|weekday| (0..24).map(|hour| spot(weekday, hour)).collect()).collect())
}

/// One for each word, most calls first, then by word.
fn by_words(groups: &BTreeMap<(String, String), i64>, among: &CallFilter, key: &str) -> Vec<Word> {
    let mut words: Vec<Word> = groups
        .iter()
        .map(|((word, _), calls)| {
            let filter = among.clone().with(key, word.as_str());
            Word { word: word.clone(), calls: Tally { calls: *calls, filter } }
        })
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.calls.calls));
    words
}

/// Every stage in which a call can end, and at last those that settled something. A stage that the
/// log knows and this list does not is lost before the end, too.
fn stages(groups: &BTreeMap<(String, String), i64>, among: &CallFilter) -> Vec<Stage> {
    let all: i64 = groups.values().sum();
    let lost = |stage: &str| -> i64 {
        groups.iter().filter(|((word, _), _)| word == stage).map(|(_, calls)| calls).sum()
    };
    let strange: BTreeSet<&str> = groups
        .keys()
        .map(|(word, _)| word.as_str())
        .filter(|word| !word.is_empty() && !FUNNEL.contains(word))
        .collect();
    let strange: i64 = strange.into_iter().map(lost).sum();
    let mut left = all - strange;
    let mut stages = Vec::new();
    for stage in FUNNEL {
        let lost = lost(stage);
        stages.push(Stage {
            stage: stage.to_owned(),
            reached: Tally { calls: left, filter: among.clone().with("reached", stage) },
            lost: Tally { calls: lost, filter: among.clone().with("stage", stage) },
        });
        left -= lost;
    }
    stages.push(Stage {
        stage: "done".into(),
        reached: Tally { calls: left, filter: among.clone().with("reached", "done") },
        lost: Tally { calls: 0, filter: among.clone().with("stage", "done") },
    });
    stages
}

async fn sales(conn: &mut PgConnection, range: &Range) -> Result<Vec<Sale>, sqlx::Error> {
    let (from, to) = range.bounds();
    let rows: Vec<(String, i64, i64, Option<f64>)> =
        sqlx::query_as(SALES).bind(from).bind(to).fetch_all(conn).await?;
    let sale = |(service, calls, items, revenue): (String, i64, i64, Option<f64>)| Sale {
        calls: Tally {
            calls,
            filter: CallFilter::counted(range).with("service", service.as_str()),
        },
        service,
        items,
        revenue,
    };
    Ok(rows.into_iter().map(sale).collect())
}

async fn paid(conn: &mut PgConnection, range: &Range) -> Result<Vec<Paid>, sqlx::Error> {
    let (from, to) = range.bounds();
    let rows: Vec<(String, i64, f64)> =
        sqlx::query_as(PAID).bind(from).bind(to).fetch_all(conn).await?;
    let paid = |(part, calls, usd): (String, i64, f64)| Paid {
        calls: Tally { calls, filter: CallFilter::of(range).with("paid", part.as_str()) },
        part,
        usd,
    };
    Ok(rows.into_iter().map(paid).collect())
}

#[derive(Debug, Default, sqlx::FromRow)]
struct SideRow {
    operator: bool,
    calls: i64,
    sold: i64,
    median_s: Option<f64>,
    cost_usd: f64,
    waited_s: Option<f64>,
}

async fn sides(conn: &mut PgConnection, range: &Range) -> Result<Vec<Side>, sqlx::Error> {
    let (from, to) = range.bounds();
    let rows: Vec<SideRow> = sqlx::query_as(SIDES).bind(from).bind(to).fetch_all(conn).await?;
    let side = |by: &'static str| {
        let none = SideRow::default();
        let row = rows.iter().find(|row| row.operator == (by == "operator")).unwrap_or(&none);
        let filter = || CallFilter::counted(range).with("by", by);
        Side {
            by,
            calls: Tally { calls: row.calls, filter: filter() },
            sold: Tally { calls: row.sold, filter: filter().with("service", "any") },
            median_s: row.median_s,
            cost_usd: row.cost_usd,
            waited_s: row.waited_s,
        }
    };
    Ok(["agent", "operator"].map(side).to_vec())
}

impl Breakdown {
    /// Every number of calls in it, with its name.
    #[must_use]
    pub fn tallies(&self) -> Vec<(&'static str, &Tally)> {
        let mut all: Vec<(&'static str, &Tally)> = Vec::new();
        let words = [
            ("scenario", &self.scenarios),
            ("reason", &self.reasons),
            ("fate", &self.fates),
            ("fault", &self.faults),
            ("missed", &self.missed),
        ];
        all.extend(self.hours.iter().flat_map(|spot| &spot.ends).map(|tally| ("hour", tally)));
        all.extend(self.days.iter().flat_map(|spot| &spot.ends).map(|tally| ("day", tally)));
        all.extend(self.week.iter().flatten().map(|tally| ("week", tally)));
        for (name, words) in words {
            all.extend(words.iter().map(|word| (name, &word.calls)));
        }
        all.extend(self.stages.iter().flat_map(|s| [("reached", &s.reached), ("lost", &s.lost)]));
        all.extend(self.sales.iter().map(|sale| ("sale", &sale.calls)));
        all.extend(self.paid.iter().map(|paid| ("paid", &paid.calls)));
        all.extend(self.sides.iter().flat_map(|s| [("side", &s.calls), ("side sold", &s.sold)]));
        all
    }
}
