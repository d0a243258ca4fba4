//! What is damaged, foreign or in the way is refused before anything is changed.

use crate::restore::database::fresh_database;
use crate::restore::program::Folder;
use crate::restore::{Empty, Shelf, content, order, things, unwatched};
use treadline::db::backup::{BackupError, Made, backup};
use treadline::db::migrate::MIGRATOR;
use treadline::ids::sha256_hex;

/// The archive with its manifest changed, as a program of another version would have written it.
fn with_manifest(whole: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len(), "nothing moves");
    let at = |what: &[u8]| whole.windows(what.len()).rposition(|here| here == what).unwrap();
    let (begin, end) = (at(b"{\n  \"format\""), at(b"\n}\0") + 2);
    let before = String::from_utf8(whole[begin..end].to_vec()).unwrap();
    assert!(before.contains(from), "{before}");
    let after = before.replace(from, to);
    let (old_sum, new_sum) = (sha256_hex(&before), sha256_hex(&after));
    let mut bytes = whole.to_vec();
    bytes[begin..end].copy_from_slice(after.as_bytes());
    let sum = at(old_sum.as_bytes());
    bytes[sum..sum + 64].copy_from_slice(new_sum.as_bytes());
    bytes
}

#[tokio::test]
async fn what_is_damaged_foreign_or_in_the_way_is_refused_and_nothing_changes() {
    let Some(db) = fresh_database().await else { return };
    let (shelf, folder) = (Shelf::new(), Folder::new());
    let path = shelf.0.join("whole.backup");
    let journals = shelf.0.join("spool");
    std::fs::create_dir_all(&journals).unwrap();
    std::fs::write(journals.join("0a-000000.spool"), "torn").unwrap();
    let Made { bytes, .. } = backup(&order(&db, &journals, &path), &unwatched()).await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    assert_eq!(whole.len() as u64, bytes);

    let mut turned = whole.clone();
    turned[whole.len() / 2] ^= 1;
    let newest = MIGRATOR.iter().map(|migration| migration.version).max().unwrap();
    let newer = format!("    {}\n", newest + 800);
    let bad: [(&str, Vec<u8>, &str); 6] = [
        ("turned", turned, "the archive is damaged"),
        ("cut", whole[..whole.len() / 2].to_vec(), "it ends too soon"),
        ("empty", Vec::new(), "it ends too soon"),
        ("letter", vec![b'a'; 5_000], "it is no backup of Treadline"),
        ("form", with_manifest(&whole, "\"format\": 1,", "\"format\": 9,"), "has form 9"),
        (
            "newer",
            with_manifest(&whole, &format!("    {newest}\n"), &newer),
            "which this program does not know",
        ),
    ];
    let empty = Empty::beside(&db).await;
    let nothing = things(&empty.url).await;
    for (name, content, reason) in bad {
        std::fs::write(shelf.at(name), content).unwrap();
        let command = ["restore", &shelf.at(name), "--into", &empty.url];
        let (code, error) = folder.run(&command).await.failed();
        assert_eq!(code, Some(1));
        assert!(
            error.contains(reason) && error.contains("nothing was restored"),
            "{name}: {error}"
        );
        assert_eq!(things(&empty.url).await, nothing, "{name}");
        assert!(!folder.path().join("data/spool").exists(), "{name}: no journal came");
    }

    // In a database that is in use nothing is touched.
    let before = content(&db.url, "products").await;
    let command = ["restore", &shelf.at("whole.backup"), "--into", &db.url];
    let (_, error) = folder.run(&command).await.failed();
    assert!(error.contains("the database is not empty") && error.contains("createdb"), "{error}");
    assert_eq!(content(&db.url, "products").await, before);
    assert!(!folder.path().join("data/spool").exists());

    // The same archive, whole, is taken.
    let command = ["restore", &shelf.at("whole.backup"), "--into", &empty.url];
    let said = folder.run(&command).await.succeeded();
    assert!(said.contains("0 records in 1 journal wait"), "{said}");
    assert!(folder.path().join("data/spool/0a-000000.spool").exists());
    for table in ["tenants", "housekeeping.retention", "_sqlx_migrations"] {
        assert_eq!(content(&db.url, table).await, content(&empty.url, table).await, "{table}");
    }
    // And a second time the database is no longer empty.
    let (_, error) = folder.run(&command).await.failed();
    assert!(error.contains("not empty"), "{error}");
    empty.gone().await;
}

#[tokio::test]
async fn a_database_without_tables_is_nothing_to_back_up() {
    let Some(db) = fresh_database().await else { return };
    let (shelf, empty) = (Shelf::new(), Empty::beside(&db).await);
    let mut wanted = order(&db, &shelf.0, &shelf.0);
    wanted.url.clone_from(&empty.url);
    let error = backup(&wanted, &unwatched()).await.unwrap_err();
    assert!(matches!(error, BackupError::NothingThere), "{error}");
    assert!(shelf.files("").is_empty());
    empty.gone().await;
}
