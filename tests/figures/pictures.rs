//! `treadline stats --pictures`: what a shop owner finds in the folder.

use crate::figures::database::fresh_database;
use crate::figures::model::{Call, Shop};
use crate::figures::rng::Rng;
use crate::figures::{at, judge};
use std::path::PathBuf;
use std::process::{Command, Output};
use treadline::ids::TenantId;
use uuid::Uuid;

fn run(url: &str, folder: &PathBuf, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_treadline"))
        .args(["stats", "--day", "2026-11-18"])
        .args(more)
        .current_dir(folder)
        .env("DATABASE_URL", url)
        .env("TREADLINE__DATABASE__DATA_DIR", folder)
        .output()
        .unwrap()
}

#[tokio::test]
async fn the_command_writes_pictures_that_can_be_looked_at_alone_and_their_numbers() {
    let Some(db) = fresh_database().await else { return };
    let mut shop = Shop::new(&db, TenantId::DEFAULT).await;
    let mut rng = Rng::new(7);
    for _ in 0..60 {
        shop.add(Call::any(&mut rng, at("2026-11-17T22:00:00Z"), 24 * 3_600)).await;
    }
    judge(&db).await;
    let folder = std::env::temp_dir().join(format!("treadline-pictures-{}", Uuid::new_v4()));
    std::fs::create_dir_all(&folder).unwrap();
    let done = run(&db.url, &folder, &["--span", "week", "--pictures", "out"]);
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{told}{}", String::from_utf8_lossy(&done.stderr));
    assert!(told.starts_with("2026-11-16 to 2026-11-22 (Europe/Kyiv), "), "{told}");
    let (mut pictures, mut sheets) = (0, 0);
    for entry in std::fs::read_dir(folder.join("out")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(told.contains(&name), "{name} is not in\n{told}");
        let text = std::fs::read_to_string(&path).unwrap();
        if path.extension().unwrap() == "svg" {
            pictures += 1;
            assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"), "{name}");
            assert!(text.contains("<style>") && !text.contains("href="), "{name}");
            assert!(!text.contains("<reason>"), "{name}: words of calls are escaped");
        } else {
            sheets += 1;
            assert!(text.lines().count() > 1 || text.contains("p95"), "{name}: {text}");
        }
    }
    assert!(pictures >= 15 && sheets == pictures + 1, "{pictures} pictures, {sheets} sheets");
    // The same figures in words and as a sheet, by the same definitions.
    let said = run(&db.url, &folder, &["--span", "week"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let sheet = run(&db.url, &folder, &["--span", "week", "--csv"]);
    let sheet = String::from_utf8_lossy(&sheet.stdout).into_owned();
    let drawn = folder.join("out/week-2026-11-16-figures.csv");
    assert_eq!(sheet, std::fs::read_to_string(drawn).unwrap());
    assert_eq!(said.lines().count(), sheet.lines().count(), "{said}{sheet}");
    for (words, row) in said.lines().zip(sheet.lines()).skip(1) {
        let name = row.split(',').next().unwrap().trim_matches('"');
        assert!(words.trim_start().starts_with(name), "{words:?} for {row:?}");
    }
    let refused = run(&db.url, &folder, &["--span", "year", "--pictures", "out"]);
    assert!(!refused.status.success());
    std::fs::remove_dir_all(&folder).unwrap();
}
