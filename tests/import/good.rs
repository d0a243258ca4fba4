//! Files as shops have them.

use super::*;
use std::fmt::Write as _;

#[tokio::test]
async fn a_catalogue_is_loaded_and_tied_to_the_shops_own_ids() {
    let Some(shop) = Shop::open().await else { return };
    let report = shop.import(Kind::Catalogue, CATALOGUE).await.unwrap();
    assert_eq!((report.total, report.bad_rows, report.counts.inserted), (3, 0, 3));
    let rows = shop
        .text(
            "select string_agg(concat_ws(' ', sku, brand, model, width, profile, rim_tenths, \
                 commercial, season, price, quantity, country, year), E'\\n' order by sku) \
             from products",
        )
        .await;
    assert_eq!(
        rows,
        "00000010421 Rosava Snowgard 205 55 160 f winter 2100.00 16 Ukraine 2026\n\
         00000010422 Michelin Alpin 6, XL 195 75 160 t winter 4800.50 0 France\n\
         00000010423 Nokian WR \"D4\" 225 45 170 f all_season 3900.00 0 2025"
    );
    let tied = "select count(*) from external_refs r join products p on p.id = r.local_id \
                where r.kind = 'product' and r.system = 'csv' and r.external_id = p.sku";
    assert_eq!(shop.count(tied).await, 3);

    let cheaper = CATALOGUE.replace("2100", "1999.90").replace("16,Ukraine", ",Ukraine");
    let report = shop.import(Kind::Catalogue, cheaper).await.unwrap();
    assert_eq!((report.counts.inserted, report.counts.updated), (0, 3));
    let row = "select price || ' ' || quantity from products where sku = '00000010421'";
    assert_eq!(
        shop.text(row).await,
        "1999.90 16",
        "no quantity in the file leaves the stock alone"
    );
    assert_eq!(shop.count(tied).await, 3);
    let logged = "select string_agg(concat_ws(' ', direction, status, records_processed, \
                      metadata_json ->> 'kind'), ', ') from integration_sync_logs \
                  where completed_at >= started_at";
    assert_eq!(shop.text(logged).await, "inbound success 3 catalogue, inbound success 3 catalogue");
}

#[tokio::test]
async fn semicolons_tabs_a_byte_order_mark_and_windows_line_ends_are_understood() {
    for (from, to) in [(",", ";"), (",", "\t")] {
        let Some(shop) = Shop::open().await else { return };
        let file = "\u{feff}SKU, Brand,model,size,season,price\n1,A,B,205/55 R16,winter,100\n";
        let file = file.replace(from, to).replace('\n', "\r\n");
        assert_eq!(shop.import(Kind::Catalogue, file).await.unwrap().counts.inserted, 1);
    }
}

#[tokio::test]
async fn vehicles_stations_and_prices_are_loaded_again_and_again() {
    let Some(shop) = Shop::open().await else { return };
    let vehicles = "brand,model,year_from,year_to,stock_sizes,acceptable_sizes\n\
        Skoda,Octavia,2013,2019,195/65 R15|205/55R16,225/45 R17\n\
        Skoda,Octavia,2020,,205/60 R16,\n";
    let stations = "external_code;name;city;hours;city_uk;city_aliases;posts\n\
        100201;Obolon;Kyiv;mon-fri 09:00-18:00|sat 10:00-15:00;Київ;Kiev,Киев;3\n";
    let prices = "service_type,tire_diameter,price,vehicle_class\n\
        full_service,16,1200,\nfull_service,16,1500.50,suv\n";
    for round in 0..2 {
        let report = shop.import(Kind::Vehicles, vehicles).await.unwrap();
        assert_eq!(report.counts.inserted, if round == 0 { 2 } else { 0 });
        shop.import(Kind::Stations, stations).await.unwrap();
        shop.import(Kind::Prices, prices).await.unwrap();
    }
    let car = "select stock_sizes[2] || ' ' || acceptable_sizes[1] from vehicles \
               where year_to = 2019";
    assert_eq!(shop.text(car).await, "205/55 R16 225/45 R17");
    assert_eq!(shop.count("select count(*) from vehicles").await, 2);
    let opened = "select string_agg(weekday || ' ' || opens || '-' || closes, ', ' \
                      order by weekday) from fitting_station_hours where weekday > 4";
    assert_eq!(shop.text(opened).await, "5 09:00:00-18:00:00, 6 10:00:00-15:00:00");
    assert_eq!(shop.count("select count(*) from fitting_station_hours").await, 6);
    let price = "select string_agg(vehicle_class || ' ' || price, ', ' order by price) \
                 from fitting_prices";
    assert_eq!(shop.text(price).await, "car 1200.00, suv 1500.50");
    let tied = "select count(*) from external_refs r join fitting_stations s on s.id = r.local_id \
                where r.kind = 'station' and r.external_id = '100201'";
    assert_eq!(shop.count(tied).await, 1);
}

#[tokio::test]
async fn sixty_thousand_rows_are_loaded_in_seconds() {
    let Some(shop) = Shop::open().await else { return };
    let (mut catalogue, mut stock) =
        (String::from("sku,brand,model,size,season,price\n"), String::from("sku,quantity\n"));
    for number in 0..60_000 {
        let width = 155 + number % 20 * 10;
        let brand = number % 40;
        let _ = writeln!(catalogue, "{number:011},Brand {brand},Model,{width}/55 R16,winter,2100");
        let _ = writeln!(stock, "{number:011},{}", number % 30);
    }
    let begun = std::time::Instant::now();
    let report = shop.import(Kind::Catalogue, &catalogue).await.unwrap();
    assert_eq!(report.counts.inserted, 60_000);
    let loaded = begun.elapsed();
    let report = shop.import(Kind::Stock, &stock).await.unwrap();
    assert_eq!((report.counts.updated, report.counts.unchanged), (58_000, 2_000));
    let both = begun.elapsed();
    eprintln!(
        "60,000 rows: catalogue {loaded:.1?}, then stock {:.1?}",
        both.saturating_sub(loaded)
    );
    // An unoptimised program on a busy machine; a shop waits a fifth of this.
    assert!(both.as_secs() < 400, "{both:?}");
}
