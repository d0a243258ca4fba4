//! Commands on a shop's things: whose they are, what is there, and that looking makes nothing.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database::{TestDb, fresh_database, skipped};
use crate::support::program::Folder;
use sqlx::AssertSqlSafe;
use treadline::ids::TenantId;

const ARTICLE: &str = "# Підкачка коліс\n\n## Де\n\nКомпресор стоїть біля воріт.";
const TYRES: &str =
    "sku,brand,model,size,season,price\n700001,Nordman,Seven,205/55 R16,winter,3200\n";

async fn execute(db: &TestDb, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db.owner().await).await.unwrap();
}

/// How many rows of a table each shop has, by its short name.
async fn by_shop(db: &TestDb, table: &str) -> Vec<(String, i64)> {
    let sql = format!(
        "select s.slug, count(*) from {table} t join tenants s on s.id = t.tenant_id \
         group by 1 order by 1"
    );
    sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut db.owner().await).await.unwrap()
}

#[tokio::test]
async fn articles_instructions_and_goods_go_to_the_shop_that_is_named() {
    let Some(db) = fresh_database().await else { return };
    execute(&db, "insert into tenants (name, slug) values ('Шини на Городоцькій', 'west')".into())
        .await;
    let folder = Folder::with_database(&db.url);
    folder.write("air.uk.md", ARTICLE);
    folder.write("short-1.md", "You answer a phone, briefly.");
    folder.write("tyres.csv", TYRES);

    let said = folder.run(&["kb", "import", "air.uk.md", "--shop", "west"]).await.succeeded();
    assert!(said.contains("1 new"), "{said}");
    let west = folder.run(&["kb", "--tenant", "west", "list"]).await.succeeded();
    let ours = folder.run(&["kb", "list"]).await.succeeded();
    assert!(west.contains("Підкачка") && !ours.contains("Підкачка"), "{west}{ours}");

    folder.run(&["prompts", "add", "short-1.md", "--tenant", "west"]).await.succeeded();
    let west = folder.run(&["prompts", "list", "--tenant", "west"]).await.succeeded();
    let ours = folder.run(&["prompts", "list"]).await.succeeded();
    assert!(west.contains("short-1") && !ours.contains("short-1"), "{west}{ours}");

    let goods = ["import", "--kind", "catalogue", "tyres.csv", "--tenant", "west"];
    folder.run(&goods).await.succeeded();
    for table in ["knowledge_articles", "products"] {
        assert_eq!(by_shop(&db, table).await, [("west".to_owned(), 1)], "{table}");
    }

    for command in [
        &["kb", "list", "--tenant", "nobody"][..],
        &["prompts", "list", "--tenant", "nobody"],
        &["import", "--kind", "catalogue", "tyres.csv", "--tenant", "nobody"],
        &["orders", "--tenant", "nobody"],
    ] {
        let (code, error) = folder.run(command).await.failed();
        assert_eq!(code, Some(1));
        assert!(error.contains("there is no shop nobody"), "{command:?}: {error}");
    }
    assert_eq!(by_shop(&db, "products").await, [("west".to_owned(), 1)]);
}

#[tokio::test]
async fn looking_into_a_folder_without_a_database_makes_none() {
    if skipped() {
        return;
    }
    let folder = Folder::new();
    for command in [
        &["jobs"][..],
        &["jobs", "run", "retention"],
        &["partitions"],
        &["kb", "list"],
        &["kb", "import", "--starter"],
        &["prompts", "list"],
        &["db", "url"],
        &["calls", "list"],
        &["orders"],
        &["tickets"],
    ] {
        let (code, error) = folder.run(command).await.failed();
        assert_eq!(code, Some(1), "{command:?}");
        assert!(
            error.contains("there is no database in") && error.contains("treadline migrate"),
            "{command:?}: {error}"
        );
    }
    // The helper's own file aside.
    let files = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
    let left: Vec<_> = files.filter(|file| file.file_name() != "errors.txt").collect();
    assert!(left.is_empty(), "nothing was made: {left:?}");
}

/// Sixty calls a day apart; the newest made an order and a ticket.
async fn a_busy_shop(db: &TestDb) {
    execute(
        db,
        format!(
            "insert into calls (id, tenant_id, origin, channel, caller_id, started_at, ended_at, \
                 duration_seconds, outcome) \
             select gen_random_uuid(), '{tenant}', 'live', 'phone', '+380671234567', \
                    now() - n * interval '1 hour', now() - n * interval '1 hour', 60, \
                    case when n = 60 then 'transferred' else 'resolved' end \
             from generate_series(1, 60) n; \
             insert into orders (id, tenant_id, phone, recipient) \
             values (gen_random_uuid(), '{tenant}', '+380671234567', 'Solomiya Bondar'); \
             insert into tickets (tenant_id, title, phone) \
             values ('{tenant}', 'Call Solomiya back', '+380671234567')",
            tenant = TenantId::DEFAULT.0
        ),
    )
    .await;
}

#[tokio::test]
async fn calls_orders_and_tickets_are_listed_and_people_are_masked_unless_asked_for() {
    let Some(db) = fresh_database().await else { return };
    a_busy_shop(&db).await;
    let folder = Folder::with_database(&db.url);
    let noted = async || -> Vec<String> {
        let sql = "select action from dashboard.audit_log where action like '%.listed' order by 1";
        sqlx::query_scalar(sql).fetch_all(&mut db.owner().await).await.unwrap()
    };

    let page = folder.run(&["calls", "list"]).await.succeeded();
    assert_eq!(page.lines().count(), 50, "a page");
    // Ids of calls are hexadecimal: three digits alone stand in some of them.
    assert!(page.contains("+380 67 ***-**-67") && !page.contains("123-45"), "{page}");
    assert!(!page.contains("+38067"), "{page}");
    let all = folder.run(&["calls", "list", "--all", "--json"]).await.succeeded();
    let all: Vec<serde_json::Value> =
        all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(all.len(), 60);
    let times: Vec<&str> = all.iter().map(|call| call["started_at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "the newest first");
    let handed = folder.run(&["calls", "list", "--outcome", "transferred"]).await.succeeded();
    assert_eq!(handed.lines().count(), 1, "{handed}");

    let orders = folder.run(&["orders"]).await.succeeded();
    assert!(orders.contains("S. B.") && !orders.contains("Bondar"), "{orders}");
    let tickets = folder.run(&["tickets"]).await.succeeded();
    assert!(tickets.lines().count() == 1 && !tickets.contains("Solomiya"), "{tickets}");
    let done = folder.run(&["tickets", "--show", "done"]).await.succeeded();
    assert_eq!(done, "");
    assert_eq!(noted().await, Vec::<String>::new());

    for (command, word, action) in [
        (&["calls", "list", "--people"][..], "+380 67 123-45-67", "calls.listed"),
        (&["orders", "--people"], "Solomiya Bondar", "orders.listed"),
        (&["tickets", "--people"], "Call Solomiya back", "tickets.listed"),
    ] {
        let said = folder.run(command).await.succeeded();
        assert!(said.contains(word), "{said}");
        assert!(noted().await.contains(&action.to_owned()), "{action} is noted");
    }
}
