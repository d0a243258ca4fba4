//! `dashboard.pops`: callers who are on their way to a person, what that person should know, and what
//! they made of it.

mod acts;
mod facts;

pub use acts::{Act, Acted, act, is_known};
pub use facts::{Agreed, Facts, Found, Turn, facts};

use super::reading;
use super::staff::Staff;
use crate::db::with_tenant;
use crate::ids::TenantId;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

/// An attempt that is older rings no more, whatever the log says.
const RINGS_MAX: TimeDelta = TimeDelta::minutes(5);
/// So long it is asked who of the desk had a caller whom a telephone took.
const UNCLAIMED_MAX: TimeDelta = TimeDelta::hours(1);

/// How a talk may end, in the order of the keys.
pub const OUTCOMES: [&str; 9] = [
    "ordered",
    "booked",
    "changed",
    "cancelled",
    "answered",
    "call_back",
    "complaint",
    "wrong_number",
    "lost_line",
];
/// Why somebody does not take a caller.
pub const REFUSALS: [&str; 5] = ["busy", "not_mine", "break", "unwell", "other"];

/// A caller who is on the way to a person, or is with one.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Pop {
    /// Which.
    pub id: Uuid,
    /// The call.
    pub call_id: Uuid,
    /// When it began.
    pub call_started_at: DateTime<Utc>,
    /// Within the call, from 1.
    pub attempt: i32,
    /// To whom, a name of the allow-list.
    pub target: String,
    /// Why.
    pub reason: String,
    /// Since when the caller waits.
    pub asked_at: DateTime<Utc>,
    /// What became of the attempt; none while it rings.
    pub fate: Option<String>,
    /// Who has it.
    pub taken_by: Option<Uuid>,
    /// Since when the sheet is open.
    pub over_at: Option<DateTime<Utc>>,
    /// What was noted.
    pub note: String,
    /// What the agent says of the call.
    pub summary: String,
    /// The caller's number.
    pub caller: Option<String>,
    /// What the caller was about to order or to book.
    pub cart: Value,
    /// The language of the call.
    pub language: Option<String>,
    /// How the caller sounded.
    pub sentiment: Option<String>,
    /// The process that has the call.
    pub node: Option<String>,
    /// The customer.
    pub customer_id: Option<Uuid>,
    /// Their name.
    pub customer_name: Option<String>,
    /// Did I say that I do not take it?
    pub refused: bool,
}

impl Pop {
    /// Did anybody talk with the caller, as far as the line knows?
    #[must_use]
    pub fn was_talk(&self) -> bool {
        was_talk(self.fate.as_deref())
    }
}

/// True unless the line says that nobody picked up.
pub(super) fn was_talk(fate: Option<&str>) -> bool {
    fate.is_none_or(|fate| ["taken", "handed_over", "handed_back"].contains(&fate))
}

/// Those that ring, those that nobody of the desk has claimed, and those of `me` that are not filed:
/// who has waited longest first.
///
/// # Errors
/// What Postgres says.
pub async fn list(
    pool: &PgPool,
    tenant: TenantId,
    me: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<Pop>, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select p.id, p.call_id, p.call_started_at, p.attempt, p.target, p.reason, \
                        p.asked_at, p.fate, p.taken_by, p.over_at, p.note, t.summary, t.caller, \
                        t.cart, c.language, c.sentiment, c.node, c.customer_id, \
                        k.name as customer_name, \
                        exists (select from dashboard.pop_refusals r \
                            where r.pop_id = p.id and r.user_id = $1) as refused \
                 from dashboard.pops p \
                 join call_transfers t on t.id = p.id and t.call_started_at = p.call_started_at \
                 left join calls c on c.id = p.call_id and c.started_at = p.call_started_at \
                 left join customers k on k.id = c.customer_id and k.deleted_at is null \
                 where p.filed_at is null and (p.taken_by = $1 or p.taken_by is null and ( \
                     p.fate is null and p.asked_at > $2 \
                     or p.fate in ('taken', 'handed_over', 'handed_back') and p.asked_at > $3)) \
                 order by p.asked_at, p.id",
            )
            .bind(me)
            .bind(now - RINGS_MAX)
            .bind(now - UNCLAIMED_MAX)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// Notes that somebody has seen who calls and what was said: once for each, however often the page
/// is fetched.
///
/// # Errors
/// What Postgres says.
pub async fn was_read(pool: &PgPool, staff: Staff, pops: Vec<Uuid>) -> Result<(), sqlx::Error> {
    if pops.is_empty() {
        return Ok(());
    }
    with_tenant(pool, staff.tenant, move |conn| {
        Box::pin(async move {
            sqlx::query(
                "insert into dashboard.audit_log (tenant_id, user_id, actor, action, object_kind, \
                     object_id, address, at) \
                 select $1, $2, $3, 'pop.read', 'pop', seen::text, $4, $5 \
                 from unnest($6::uuid[]) seen where not exists ( \
                     select from dashboard.audit_log l where l.tenant_id = $1 \
                         and l.object_kind = 'pop' and l.object_id = seen::text \
                         and l.action = 'pop.read' and l.user_id = $2)",
            )
            .bind(staff.tenant.0)
            .bind(staff.user)
            .bind(staff.actor)
            .bind(staff.address)
            .bind(staff.now)
            .bind(pops)
            .execute(conn)
            .await
            .map(drop)
        })
    })
    .await
}
