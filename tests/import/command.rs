//! `treadline import` as a person runs it.

use super::*;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of one test, gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("import-{}", uuid::Uuid::new_v4().simple());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    fn import(&self, url: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_treadline"))
            .arg("import")
            .args(arguments)
            .current_dir(&self.0)
            .env("DATABASE_URL", url)
            .output()
            .unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_twenty_mistakes_are_shown_the_rest_counted_and_all_are_in_the_report() {
    let Some(shop) = Shop::open().await else { return };
    let folder = Folder::new();
    let mut file = String::from("sku,brand,model,size,season,price\n");
    for number in 0..30 {
        let _ = writeln!(file, "{number},A,B,205/55 R16,winter,=1+{number}");
    }
    file += "77,A,B,205/55 R16,winter,100\n";
    folder.write("tyres.csv", &file);
    let url = &shop.db.url;
    let arguments = ["--kind", "catalogue", "tyres.csv", "--report", "bad.csv"];
    let (out, error) = said(&folder.import(url, &arguments));
    assert_eq!(out.lines().count(), 21, "{out}");
    assert!(out.contains("line 2, price = \"=1+0\"") && out.contains("and 10 more"), "{out}");
    assert!(error.contains("tyres.csv: 30 of 31 rows are bad; nothing was loaded"), "{error}");
    assert!(error.contains("--skip-bad"), "{error}");
    let report = std::fs::read_to_string(folder.0.join("bad.csv")).unwrap();
    assert_eq!(report.lines().count(), 31);
    assert!(report.contains("2,price,'=1+0,"), "no formula for the reader's table: {report}");
    assert_eq!(shop.count("select count(*) from products").await, 0);

    let output = folder.import(url, &["--kind", "catalogue", "tyres.csv", "--skip-bad"]);
    let (out, error) = said(&output);
    assert!(output.status.success(), "{error}");
    assert!(out.contains("catalogue: 1 of 31 rows loaded: 1 new"), "{out}");
    assert_eq!(error, "", "no bar without a terminal");
    assert_eq!(shop.count("select count(*) from products").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_arguments_and_files_say_what_to_do() {
    let Some(shop) = Shop::open().await else { return };
    let folder = Folder::new();
    folder.write("stock.csv", "sku,quantity\n");
    let url = &shop.db.url;
    for (arguments, words) in [
        (vec!["--kind", "stock", "absent.csv"], "absent.csv cannot be read"),
        (vec!["--kind", "stock", "."], "is no file"),
        (vec!["--kind", "stock", "stock.csv", "--as-of", "soon"], "write a day (2026-11-22)"),
        (vec!["--kind", "stock", "stock.csv", "--as-of", "2999-01-01"], "lies in the future"),
        (vec!["--kind", "wheels", "stock.csv"], "possible values: catalogue, stock"),
        (vec!["stock.csv"], "--kind"),
    ] {
        let output = folder.import(url, &arguments);
        let (_, error) = said(&output);
        assert!(!output.status.success() && error.contains(words), "{arguments:?}: {error}");
    }
}

/// An export that was cut off must not sell out the shop.
#[tokio::test(flavor = "multi_thread")]
async fn a_stock_file_that_would_empty_most_of_the_shop_is_refused_until_it_is_meant() {
    let Some(shop) = Shop::open().await else { return };
    shop.import(Kind::Catalogue, CATALOGUE.replace(",0,,2025", ",8,,2025")).await.unwrap();
    let folder = Folder::new();
    folder.write("heading.csv", "sku,quantity\n");
    folder.write("one.csv", "sku,quantity\n00000010422,4\n");
    folder.write("half.csv", "sku,quantity\n00000010421,12\n");
    let url = &shop.db.url;
    let in_stock = "select count(*) from products where quantity > 0";
    assert_eq!(shop.count(in_stock).await, 2);
    for (arguments, words) in [
        (
            &["--kind", "stock", "heading.csv"][..],
            "heading.csv: the file has a heading and no rows",
        ),
        (&["--kind", "stock", "heading.csv", "--allow-emptying"], "no rows; nothing was loaded"),
        (&["--kind", "prices", "heading.csv"], "heading.csv"),
        (&["--kind", "stock", "one.csv"], "2 of the 2 articles in stock are not in the file"),
        (&["--kind", "stock", "one.csv", "--dry-run"], "say --allow-emptying"),
    ] {
        let output = folder.import(url, arguments);
        let (out, error) = said(&output);
        assert!(!output.status.success() && error.contains(words), "{arguments:?}: {out}{error}");
        assert_eq!(shop.count(in_stock).await, 2, "{arguments:?}");
    }
    let half = folder.import(url, &["--kind", "stock", "half.csv"]);
    let (out, error) = said(&half);
    assert!(half.status.success(), "half of it may be gone: {error}");
    assert!(out.contains("1 articles are not in the file: they are set to 0"), "{out}");
    let meant = folder.import(url, &["--kind", "stock", "one.csv", "--allow-emptying"]);
    let (out, error) = said(&meant);
    assert!(meant.status.success() && out.contains("they are set to 0"), "{out}{error}");
    assert_eq!(shop.count(in_stock).await, 1);
}
