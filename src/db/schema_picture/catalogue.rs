//! Reads the catalogue.

use super::{Area, Column, Relation, Schema, Table};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

/// Relations that no foreign key holds, beside those of a column that names a call: nothing refers
/// *into* tables by month, and a version or a trace may go before what names it.
const KEPT_BY_CODE: [(&str, &str, &str); 5] = [
    ("call_tool_calls", "trace_id", "call_traces"),
    ("call_tool_calls", "approval_id", "approvals"),
    ("call_registrations", "id", "calls"),
    ("calls", "prompt_version", "prompt_versions"),
    ("customer_memory", "preferred_station_id", "fitting_stations"),
];

/// Columns by which a row names its call.
const OF_CALL: [&str; 2] = ["call_id", "source_call_id"];

/// Everything in the program's schemas. Works as any role.
///
/// # Errors
/// What Postgres says.
pub async fn read(conn: &mut PgConnection) -> Result<Schema, sqlx::Error> {
    let mut tables = tables(conn).await?;
    for (table, column) in columns(conn).await? {
        if let Some(table) = tables.get_mut(&table) {
            table.columns.push(column);
        }
    }
    let mut relations = foreign_keys(conn).await?;
    kept_by_code(&tables, &mut relations);
    let place = |area: Area| Area::ALL.iter().position(|known| *known == area);
    let mut tables: Vec<Table> = tables.into_values().collect();
    tables.sort_by(|a, b| (place(a.area), &a.name).cmp(&(place(b.area), &b.name)));
    Ok(Schema { tables, relations: relations.into_iter().collect() })
}

fn full_name(schema: &str, table: &str) -> String {
    if schema == "public" { table.to_owned() } else { format!("{schema}.{table}") }
}

async fn tables(conn: &mut PgConnection) -> Result<BTreeMap<String, Table>, sqlx::Error> {
    let found: Vec<(String, String, bool, Option<i64>)> = sqlx::query_as(
        "select n.nspname::text, c.relname::text, c.relkind = 'v', \
                case when c.relkind = 'p' then (select count(*) from pg_inherits link \
                    join pg_class month on month.oid = link.inhrelid \
                    where link.inhparent = c.oid \
                      and pg_get_expr(month.relpartbound, month.oid) <> 'DEFAULT') end \
         from pg_class c join pg_namespace n on n.oid = c.relnamespace \
         where n.nspname in ('public', 'housekeeping', 'dashboard') \
           and c.relkind in ('r', 'p', 'v') and not c.relispartition \
           and c.relname <> '_sqlx_migrations' \
           and not exists (select from pg_depend owned where owned.objid = c.oid \
               and owned.classid = 'pg_class'::regclass and owned.deptype = 'e')",
    )
    .fetch_all(conn)
    .await?;
    let made = found.into_iter().map(|(schema, table, is_view, months)| {
        let area = Area::of(&schema, &table, is_view);
        let name = full_name(&schema, &table);
        (name.clone(), Table { name, area, columns: Vec::new(), months })
    });
    Ok(made.collect())
}

async fn columns(conn: &mut PgConnection) -> Result<Vec<(String, Column)>, sqlx::Error> {
    let found: Vec<(String, String, String, String, bool, bool)> = sqlx::query_as(
        "select n.nspname::text, c.relname::text, a.attname::text, \
                format_type(a.atttypid, a.atttypmod), not a.attnotnull, \
                exists (select from pg_constraint held where held.conrelid = c.oid \
                    and held.contype = 'p' and a.attnum = any(held.conkey)) \
         from pg_class c join pg_namespace n on n.oid = c.relnamespace \
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped \
         where n.nspname in ('public', 'housekeeping', 'dashboard') \
           and c.relkind in ('r', 'p', 'v') and not c.relispartition \
         order by c.oid, a.attnum",
    )
    .fetch_all(conn)
    .await?;
    let column = |(schema, table, name, kind, nullable, is_key): (_, _, _, String, _, _)| {
        let (schema, table): (String, String) = (schema, table);
        (full_name(&schema, &table), Column { name, kind: short(&kind), nullable, is_key })
    };
    Ok(found.into_iter().map(column).collect())
}

/// The names of types as people write them.
fn short(kind: &str) -> String {
    kind.replace("timestamp with time zone", "timestamptz")
        .replace("timestamp without time zone", "timestamp")
        .replace("time without time zone", "time")
        .replace("double precision", "float8")
        .replace("boolean", "bool")
        .replace("integer", "int")
        .replace("smallint", "int2")
        .replace("bigint", "int8")
        .replace("character varying", "varchar")
}

/// The foreign keys, but for the one to the shop. Of a key of several columns the last one that is
/// not the tenant is what names the other row.
async fn foreign_keys(conn: &mut PgConnection) -> Result<BTreeSet<Relation>, sqlx::Error> {
    let found: Vec<(String, String, String, String, String)> = sqlx::query_as(
        "select fn.nspname::text, f.relname::text, named.attname::text, tn.nspname::text, \
                t.relname::text \
         from pg_constraint tie \
         join pg_class f on f.oid = tie.conrelid join pg_namespace fn on fn.oid = f.relnamespace \
         join pg_class t on t.oid = tie.confrelid join pg_namespace tn on tn.oid = t.relnamespace \
         join lateral (select a.attname from pg_attribute a \
             where a.attrelid = f.oid and a.attnum = any(tie.conkey) \
             order by a.attname = 'tenant_id', a.attnum desc limit 1) named on true \
         where tie.contype = 'f' and tie.conparentid = 0 and not f.relispartition \
           and t.relname <> 'tenants'",
    )
    .fetch_all(conn)
    .await?;
    let relation =
        |(from_schema, from, column, to_schema, to): (String, String, _, String, String)| {
            let (from, to) = (full_name(&from_schema, &from), full_name(&to_schema, &to));
            Relation { from, column, to, by_key: true }
        };
    Ok(found.into_iter().map(relation).collect())
}

fn kept_by_code(tables: &BTreeMap<String, Table>, relations: &mut BTreeSet<Relation>) {
    let has = |table: &str, column: &str| {
        tables.get(table).is_some_and(|known| {
            known.area != Area::Views && known.columns.iter().any(|has| has.name == column)
        })
    };
    let of_calls =
        tables.keys().flat_map(|table| OF_CALL.map(|column| (table.as_str(), column, "calls")));
    for (from, column, to) in of_calls.chain(KEPT_BY_CODE) {
        let held = relations.iter().any(|known| known.from == from && known.column == column);
        if !held && has(from, column) && tables.contains_key(to) {
            relations.insert(Relation {
                from: from.to_owned(),
                column: column.to_owned(),
                to: to.to_owned(),
                by_key: false,
            });
        }
    }
}
