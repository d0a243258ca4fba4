//! Versions: the program's own, and those of a shop.

use super::SHOP;
use crate::prompts::database::fresh_database;
use serde_json::json;
use treadline::db::prompts::{NewPrompt, PromptError, activate, add, ensure_builtin, list};

fn new(name: &str, text: &str) -> NewPrompt {
    let (tools_config, metadata) = (json!({}), json!({}));
    NewPrompt { name: name.into(), system_prompt: text.into(), tools_config, metadata }
}

async fn in_use(pool: &sqlx::PgPool) -> Vec<String> {
    let all = list(pool, SHOP).await.unwrap();
    all.into_iter().filter(|one| one.is_active).map(|one| one.name).collect()
}

#[tokio::test]
async fn the_programs_own_instructions_are_in_use_until_a_shop_chooses_others() {
    let Some(db) = fresh_database().await else { return };
    let builtin = |name: &str| ensure_builtin(&db.pool, SHOP, name.into(), format!("Text {name}"));
    builtin("builtin-1").await.unwrap();
    builtin("builtin-1").await.unwrap();
    assert_eq!(in_use(&db.pool).await, ["builtin-1"]);
    builtin("builtin-2").await.unwrap();
    assert_eq!(in_use(&db.pool).await, ["builtin-2"], "a newer program brings newer ones");
    assert!(add(&db.pool, SHOP, new("short-1", "Be short.")).await.unwrap());
    activate(&db.pool, SHOP, "short-1".into()).await.unwrap();
    builtin("builtin-3").await.unwrap();
    assert_eq!(in_use(&db.pool).await, ["short-1"], "who chose keeps it");
    activate(&db.pool, SHOP, "builtin-1".into()).await.unwrap();
    assert_eq!(in_use(&db.pool).await, ["builtin-1"]);
}

#[tokio::test]
async fn many_nodes_that_start_at_once_leave_one_version_in_use() {
    let Some(db) = fresh_database().await else { return };
    let starts = (0..6).map(|_| ensure_builtin(&db.pool, SHOP, "builtin-1".into(), "Text".into()));
    for done in futures_util::future::join_all(starts).await {
        done.unwrap();
    }
    assert_eq!(in_use(&db.pool).await, ["builtin-1"]);
    assert_eq!(list(&db.pool, SHOP).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_version_never_changes() {
    let Some(db) = fresh_database().await else { return };
    assert!(add(&db.pool, SHOP, new("short-1", "Be short.")).await.unwrap());
    assert!(!add(&db.pool, SHOP, new("short-1", "Be short.")).await.unwrap(), "the same again");
    let taken = add(&db.pool, SHOP, new("short-1", "Be long.")).await;
    assert!(matches!(taken, Err(PromptError::Taken(name)) if name == "short-1"));
    let unknown = activate(&db.pool, SHOP, "nothing".into()).await;
    assert!(matches!(unknown, Err(PromptError::Unknown(name)) if name == "nothing"));
    assert_eq!(in_use(&db.pool).await, [""; 0]);
}
