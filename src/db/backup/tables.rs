//! How many rows a table has, and a sum over what is in them, whatever their order.

use super::{BackupError, Stage, Told, Watch};
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Executor as _, PgConnection};

/// A table's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct TableSum {
    /// With its schema.
    pub name: String,
    /// How many.
    pub rows: i64,
    /// The sum of the rows' hashes: the same for the same rows in any order.
    pub checksum: String,
}

/// What decides how a value is written, so that the same value is the same text everywhere. Row
/// security off: a row that would be hidden is an error and not a smaller sum.
const ONE_WAY: &str = "set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; \
     set local intervalstyle = 'postgres'; set local bytea_output = 'hex'; \
     set local extra_float_digits = 1; set local row_security = off; \
     set local statement_timeout = 0; set local lock_timeout = 0; \
     set local idle_in_transaction_session_timeout = 0";

/// What is ours in a database: neither Postgres' own nor an extension's; months count with the
/// table that they are part of.
const OURS: &str = "select format('%I.%I', n.nspname, c.relname) \
     from pg_class c join pg_namespace n on n.oid = c.relnamespace \
     where c.relkind in ('r', 'p') and not c.relispartition \
       and n.nspname <> 'information_schema' and n.nspname !~ '^pg_' \
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass \
                       and d.objid = c.oid and d.deptype = 'e') \
     order by format('%I.%I', n.nspname, c.relname) collate \"C\"";

/// Sets the connection's transaction up for [`sums`] and for reading everything.
pub(super) async fn prepare(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    connection.execute(ONE_WAY).await.map(|_| ())
}

/// The names of all tables of ours.
pub(super) async fn names(connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(OURS).fetch_all(connection).await
}

/// Rows and checksums of every table, in one transaction that was [`prepare`]d.
pub(super) async fn sums(
    connection: &mut PgConnection,
    watch: &Watch,
) -> Result<Vec<TableSum>, sqlx::Error> {
    let tables = names(connection).await?;
    watch(Told::Begun(Stage::Tables, tables.len() as u64));
    let mut sums = Vec::with_capacity(tables.len());
    for table in tables {
        // The name comes quoted from Postgres.
        let sum = [
            "select $1::text as name, count(*) as rows, \
             coalesce(sum(('x' || left(md5(whole_row::text), 15))::bit(60)::bigint), 0)::text \
             as checksum from ",
            &table,
            " whole_row",
        ]
        .concat();
        let sum = sqlx::query_as(AssertSqlSafe(sum)).bind(&table).fetch_one(&mut *connection);
        sums.push(sum.await?);
        watch(Told::Done(1));
    }
    Ok(sums)
}

/// What differs, one line a table; empty if nothing does.
pub(super) fn differences(expected: &[TableSum], found: &[TableSum]) -> Vec<String> {
    let mut lines = Vec::new();
    for table in expected {
        match found.iter().find(|other| other.name == table.name) {
            None => lines.push(format!("{} is missing", table.name)),
            Some(other) if other.rows != table.rows => {
                lines.push(format!("{} has {} rows, not {}", table.name, other.rows, table.rows));
            }
            Some(other) if other.checksum != table.checksum => {
                lines.push(format!("{} has rows with other content", table.name));
            }
            Some(_) => {}
        }
    }
    let known = |name: &str| expected.iter().any(|table| table.name == name);
    let more = found.iter().filter(|table| !known(&table.name));
    lines.extend(more.map(|table| format!("{} was not in the backup", table.name)));
    lines
}

/// Major version of the server.
pub(super) async fn server_major(connection: &mut PgConnection) -> Result<u32, sqlx::Error> {
    let number: i32 = sqlx::query_scalar("select current_setting('server_version_num')::int")
        .fetch_one(connection)
        .await?;
    Ok(number.unsigned_abs() / 10_000)
}

/// Every table forces row security, also on its owner: without the right to bypass it a dump
/// would fail halfway, or hold one shop's rows.
pub(super) async fn sees_all_rows(connection: &mut PgConnection) -> Result<(), BackupError> {
    let (role, sees): (String, bool) = sqlx::query_as(
        "select rolname::text, rolsuper or rolbypassrls from pg_roles where rolname = current_user",
    )
    .fetch_one(connection)
    .await?;
    if sees { Ok(()) } else { Err(BackupError::RowsHidden(role)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, rows: i64, checksum: &str) -> TableSum {
        TableSum { name: name.into(), rows, checksum: checksum.into() }
    }

    #[test]
    fn every_difference_is_a_line_with_its_table() {
        let expected = [table("a", 1, "7"), table("b", 2, "8"), table("c", 3, "9")];
        let found =
            [table("a", 1, "7"), table("b", 3, "8"), table("c", 3, "0"), table("e", 0, "0")];
        assert_eq!(
            differences(&expected, &found),
            ["b has 3 rows, not 2", "c has rows with other content", "e was not in the backup"]
        );
        assert_eq!(differences(&expected, &expected), Vec::<String>::new());
        assert_eq!(differences(&expected[..1], &[]), ["a is missing"]);
    }
}
