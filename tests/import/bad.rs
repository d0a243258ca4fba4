//! Files that are not as they should be: refused by name, nothing half loaded.

use super::*;
use std::fmt::Write as _;

/// Nothing was loaded, and the log of imports says so.
async fn untouched(shop: &Shop) {
    assert_eq!(shop.count("select count(*) from products").await, 0);
    assert_eq!(shop.count("select count(*) from external_refs").await, 0);
    let log = "select string_agg(distinct status, ',') from integration_sync_logs";
    assert_eq!(shop.text(log).await, "failed");
}

#[tokio::test]
async fn a_damaged_file_is_refused_as_a_whole_with_the_line() {
    let Some(shop) = Shop::open().await else { return };
    let with = |row: &[u8]| [b"sku,brand,model,size,season,price\n", row].concat();
    let files: [(Vec<u8>, &str); 9] = [
        (with(b"1,\xd0\xee\xf1\xe0\xe2\xe0,B,205/55 R16,winter,1\n"), "iconv -f WINDOWS-1251"),
        (with(b"1,A\xff,B,205/55 R16,winter,1\n"), "line 2: bytes that are not UTF-8"),
        (with(b"1,A\0,B,205/55 R16,winter,1\n"), "line 2: a NUL byte"),
        (with(b"1,\"A,B,205/55 R16,winter,1\n2,A,B"), "line 2: a quotation mark that is never"),
        (with(b"1,5\" rim,B,205/55 R16,winter,1\n"), "line 2: a quotation mark in the middle"),
        (b"".to_vec(), "the file is empty"),
        (b"\xff\xfes\0k\0u\0".to_vec(), "UTF-16"),
        (b"<html><body>404</body></html>".to_vec(), "the heading is not as expected"),
        (b"PK\x03\x04\0\0".to_vec(), "NUL"),
    ];
    for (file, words) in files {
        let said = shop.refused(Kind::Catalogue, file).await;
        assert!(said.contains(words), "{said}");
    }
    untouched(&shop).await;
}

#[tokio::test]
async fn a_wrong_heading_names_what_is_missing_unknown_and_expected() {
    let Some(shop) = Shop::open().await else { return };
    let said = shop.refused(Kind::Catalogue, "sku,brand,model,size,sku,prise\n").await;
    for words in [
        "missing: season, price",
        "twice: sku",
        "unknown: \"prise\"",
        "expected: sku, brand, model, size, season, price",
    ] {
        assert!(said.contains(words), "{words} is missing in {said}");
    }
    let said = shop.refused(Kind::Stock, CATALOGUE).await;
    assert!(said.contains("unknown: \"brand\""), "a catalogue is no stock: {said}");
    untouched(&shop).await;
}

#[tokio::test]
async fn every_bad_cell_is_named_with_line_column_value_and_reason() {
    let Some(shop) = Shop::open().await else { return };
    let long = "x".repeat(1024 * 1024);
    let file = format!(
        "sku,brand,model,size,season,price\n\
         1,A,B,205/55 R16,winter,100\n\
         2,A,B,999/55 R16,monsoon,-5\n\
         3,,B,205/55 R16,winter,free\n\
         4,A,B,205/55 R16,winter\n\
         1,A,B,205/55 R16,winter,100\n\
         6,\"A\nB\",B,205/55 R16,winter,100\n\
         7,{long},B,205/55 R16,winter,100\n\
         8,A,B,205/55 R16,winter,0\n\
         '; drop table products; --,A,B,205/55 R16,winter,1e9\n"
    );
    let said = shop.refused(Kind::Catalogue, &file).await;
    let expected = [
        "line 3, size = \"999/55 R16\": must be a tyre size",
        "line 3, season = \"monsoon\": must be winter, summer or all_season",
        "line 3, price = \"-5\": must be an amount above 0",
        "line 4, brand = \"\": must not be empty",
        "line 4, price = \"free\"",
        "line 5: 5 fields, but the heading has 6",
        "line 6, sku = \"1\": the same as on line 2",
        "line 7, brand = \"A B\": has line breaks",
        "line 9: a field of 1048576 bytes",
        "line 10, price = \"0\"",
        "line 11, sku = \"'; drop table products; --\"",
        "line 11, price = \"1e9\"",
    ];
    for words in expected {
        assert!(said.contains(words), "{words} is missing in\n{said}");
    }
    assert!(said.len() < 4_000, "a huge field is not repeated");
    untouched(&shop).await;

    let skipping = Job { skip_bad: true, ..job(Kind::Catalogue) };
    let report = shop.run(&skipping, &file).await.unwrap();
    assert_eq!((report.total, report.bad_rows, report.counts.inserted), (9, 8, 1));
    assert_eq!(shop.text("select string_agg(sku, ',') from products").await, "1");
}

#[tokio::test]
async fn other_kinds_refuse_by_name_too() {
    let Some(shop) = Shop::open().await else { return };
    for (kind, file, words) in [
        (Kind::Stock, "sku,quantity\n1,many\n", "quantity = \"many\""),
        (Kind::Stock, "sku,quantity\n1,-1\n", "quantity = \"-1\""),
        (Kind::Stock, "sku,quantity\n404,4\n", "line 2, sku = \"404\": is not in the catalogue"),
        (
            Kind::Vehicles,
            "brand,model,year_from,year_to,stock_sizes\nA,B,2019,2012,205/55 R16\n",
            "year_to = \"2012\"",
        ),
        (Kind::Vehicles, "brand,model,year_from,stock_sizes\nA,B,2019,big\n", "stock_sizes"),
        (Kind::Stations, "external_code,name,city,hours\n12,A,B,mon 09:00-18:00\n", "6 to 12"),
        (Kind::Stations, "external_code,name,city,hours\n100201,A,B,mon 18:00-09:00\n", "hours"),
        (
            Kind::Stations,
            "external_code;name;city;hours\n100201;A;B;mon-fri 09:00-18:00|fri 10:00-11:00\n",
            "hours",
        ),
        (Kind::Prices, "service_type,tire_diameter,price\nwash,16,1\n", "service_type = \"wash\""),
        (Kind::Prices, "service_type,tire_diameter,price\nbalancing,99,1\n", "tire_diameter"),
        (
            Kind::Prices,
            "service_type,tire_diameter,price,vehicle_class\nbalancing,16,1,\nbalancing,16,2,car\n",
            "the same as on line 2",
        ),
    ] {
        let said = shop.refused(kind, file).await;
        assert!(said.contains(words), "{file}: {said}");
    }
    let log = "select string_agg(distinct status, ',') from integration_sync_logs";
    assert_eq!(shop.text(log).await, "failed");
    assert_eq!(shop.count("select count(*) from integration_sync_logs").await, 11);
}

#[tokio::test]
async fn a_dry_run_changes_nothing_at_all() {
    let Some(shop) = Shop::open().await else { return };
    let dry = Job { dry_run: true, ..job(Kind::Catalogue) };
    assert_eq!(shop.run(&dry, CATALOGUE).await.unwrap().counts.inserted, 3);
    assert!(shop.run(&dry, "sku\n").await.is_err());
    for table in ["products", "external_refs", "integration_sync_logs"] {
        let rows: i64 = match table {
            "products" => shop.count("select count(*) from products").await,
            "external_refs" => shop.count("select count(*) from external_refs").await,
            _ => shop.count("select count(*) from integration_sync_logs").await,
        };
        assert_eq!(rows, 0, "{table}");
    }
}

#[tokio::test]
async fn a_database_error_in_the_middle_leaves_nothing_half_loaded() {
    let Some(shop) = Shop::open().await else { return };
    // The 5,001st row is in another statement than the first.
    shop.execute(
        "alter table products add constraint products_no_last check (sku <> '00000009999')",
    )
    .await;
    let mut file = String::from("sku,brand,model,size,season,price\n");
    for number in 0..10_000 {
        let _ = writeln!(file, "{number:011},A,B,205/55 R16,winter,2100");
    }
    let said = shop.refused(Kind::Catalogue, file).await;
    assert!(said.contains("products_no_last") && said.contains("nothing was loaded"), "{said}");
    untouched(&shop).await;
}
