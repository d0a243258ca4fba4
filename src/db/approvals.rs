//! What callers agreed to, as the core tells it. The booking's own transaction writes the same
//! row; whoever comes second finds it.

use super::log::{json, short};
use crate::spool::LogEntry;
use crate::turn::Approval;
use sqlx::PgConnection;

/// Writes or moves on an approval. One that is approved stays so: an effect may stand on it.
///
/// # Errors
/// What Postgres says.
pub(super) async fn record(
    conn: &mut PgConnection,
    entry: &LogEntry,
    approval: &Approval,
    status: &str,
) -> Result<(), sqlx::Error> {
    let status = match status {
        "approved" | "rejected" | "expired" => status,
        _ => "pending",
    };
    sqlx::query(
        "insert into approvals (id, tenant_id, call_id, call_started_at, tool_name, args, \
             effect_key, readback_hash, status, approved_by, approved_at, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
             case when $9 = 'approved' then 'customer' end, \
             case when $9 = 'approved' then $10 end, $10) \
         on conflict (effect_key) do update set status = excluded.status, \
             approved_by = excluded.approved_by, approved_at = excluded.approved_at, \
             readback_hash = excluded.readback_hash, updated_at = now() \
         where approvals.status <> 'approved'",
    )
    .bind(approval.id)
    .bind(entry.tenant.0)
    .bind(entry.call.0)
    .bind(entry.call_started_at)
    .bind(short(&approval.tool))
    .bind(json(&approval.args))
    .bind(&approval.effect_key)
    .bind(&approval.readback_hash)
    .bind(status)
    .bind(entry.at)
    .execute(conn)
    .await?;
    Ok(())
}
