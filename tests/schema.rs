//! The picture of the tables is what the migrations give.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database;
use crate::support::program;

use database::fresh_database;
use program::Folder;
use treadline::db::schema_picture::{self, Area, Schema};

/// Read when the test runs: a picture that was renewed needs no new program.
fn committed() -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/schema.svg");
    std::fs::read_to_string(file).unwrap_or_default()
}

/// Ids of things that are no row of ours, or of one of several tables.
const OF_NOTHING: [&str; 5] = [
    // Joins conversations of several channels.
    "calls.conversation_id",
    // Its table stands in `kind`.
    "external_refs.local_id",
    // Users of the desk, who come with it.
    "call_transfers.operator_id",
    "tickets.created_by_id",
    // What somebody did stays when their account goes.
    "dashboard.audit_log.user_id",
];

async fn schema() -> Option<Schema> {
    let db = fresh_database().await?;
    Some(schema_picture::read(&mut db.owner().await).await.unwrap())
}

#[tokio::test]
async fn the_committed_picture_is_that_of_the_migrations() {
    let Some(schema) = schema().await else { return };
    let (now, then) = (schema_picture::svg(&schema), committed());
    let differs = now.lines().zip(then.lines()).find(|(now, then)| now != then);
    assert!(
        now == then,
        "migrations/schema.svg is not what the migrations give; `make pictures` renews it \
         (first difference: {differs:?})"
    );
}

#[tokio::test]
async fn every_table_is_in_the_picture_with_its_columns_and_no_month_is() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = db.owner().await;
    let schema = schema_picture::read(&mut owner).await.unwrap();
    assert_eq!(schema_picture::read(&mut owner).await.unwrap(), schema, "the same each time");
    let columns: Vec<(String, i64)> = sqlx::query_as(
        "select table_name::text, count(*) from information_schema.columns \
         where table_schema = 'public' and table_name !~ '_([0-9]{4}_[0-9]{2}|default)$' \
           and table_name not like '\\_sqlx%' and table_name not like 'v\\_%' group by 1",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert!(columns.len() > 30);
    for (name, count) in columns {
        let table = schema.tables.iter().find(|table| table.name == name);
        let table = table.unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(table.columns.len() as i64, count, "{name}");
        assert_ne!(table.area, Area::Views, "{name}");
    }
    let turns = schema.tables.iter().find(|table| table.name == "call_turns").unwrap();
    assert_eq!(turns.months, Some(4), "this month and three ahead");
    assert!(schema.tables.iter().all(|table| !table.name.ends_with("_default")));
}

/// A column that looks like a reference is one: by a foreign key, or among those that the program
/// keeps and the picture shows dashed.
#[tokio::test]
async fn every_id_of_another_row_is_a_relation() {
    let Some(schema) = schema().await else { return };
    let mut loose = Vec::new();
    for table in schema.tables.iter().filter(|table| table.area != Area::Views) {
        for column in &table.columns {
            let name = format!("{}.{}", table.name, column.name);
            let is_reference = column.kind == "uuid"
                && column.name.ends_with("_id")
                && !["tenant_id", "lease_id"].contains(&column.name.as_str());
            let known = schema
                .relations
                .iter()
                .any(|relation| relation.from == table.name && relation.column == column.name);
            if is_reference && !known && !OF_NOTHING.contains(&name.as_str()) {
                loose.push(name);
            }
        }
    }
    assert_eq!(
        loose,
        Vec::<String>::new(),
        "foreign keys, or lines in schema_picture/catalogue.rs"
    );
    let into_months = |to: &str| schema.tables.iter().any(|t| t.name == to && t.months.is_some());
    for relation in &schema.relations {
        assert!(!(relation.by_key && into_months(&relation.to)), "{relation:?}");
    }
}

#[tokio::test]
async fn the_command_draws_the_migrations_whatever_else_is_in_the_database() {
    let Some(db) = fresh_database().await else { return };
    sqlx::raw_sql("create table of_somebody_else (id int)")
        .execute(&mut db.owner().await)
        .await
        .unwrap();
    let folder = Folder::with_database(&db.url);
    let said = folder.run(&["schema", "--fresh", "--svg", "tables.svg"]).await.succeeded();
    assert!(said.starts_with("tables.svg: ") && said.contains(" relations"), "{said}");
    assert!(folder.read("tables.svg") == committed(), "`make pictures` renews the committed one");
    let text = folder.run(&["schema"]).await.succeeded();
    for part in ["## Others\n", "\n### of_somebody_else", "### call_turns (by month, 4 now)"] {
        assert!(text.contains(part), "{part} is missing");
    }
    assert!(text.contains("| call_id | uuid |  | calls (kept by the program) |"), "{text}");
}
