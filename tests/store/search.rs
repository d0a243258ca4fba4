//! What is there: tyres, cars, stations, pickup points, prices.

use crate::store::shop::{Shop, money, refused, slot, stranger};
use treadline::ids::TenantId;
use treadline::language::Language;
use treadline::shop::{Season, Service, TireSize};
use treadline::store::{PostgresStore, Scope, Store, StoreError, TireQuery, sample};

#[tokio::test]
async fn the_sample_shop_is_loaded_once_and_never_over_a_real_one() {
    let Some(shop) = Shop::open().await else { return };
    assert_eq!(sample::load_if_empty(&shop.db.pool, TenantId::DEFAULT).await.unwrap(), None);
    let sizes = shop.store.known_sizes(&stranger(1)).await.unwrap();
    assert!(sizes.contains(&TireSize::new(205, 55, 16).unwrap()));
    assert!(sizes.iter().all(|size| size.to_string().parse() == Ok(*size)));
    let brands = shop.store.known_brands(&stranger(1)).await.unwrap();
    assert!(brands.is_sorted() && brands.contains(&"Michelin".to_owned()));
}

#[tokio::test]
async fn tyres_are_found_by_size_season_and_brand_cheapest_first() {
    let Some(shop) = Shop::open().await else { return };
    let mut query =
        TireQuery { size: TireSize::new(205, 55, 16).unwrap(), season: None, brand: None };
    let all = shop.store.search_tires(&stranger(1), &query).await.unwrap();
    assert!(all.len() > 10 && all.is_sorted_by_key(|tire| tire.price));
    query.season = Some(Season::Winter);
    let winter = shop.store.search_tires(&stranger(1), &query).await.unwrap();
    assert!(!winter.is_empty() && winter.len() < all.len());
    assert!(winter.iter().all(|tire| tire.season == Season::Winter && tire.size == "205/55 R16"));
    query.brand = Some(" miCHelin".into());
    let michelin = shop.store.search_tires(&stranger(1), &query).await.unwrap();
    assert_eq!(michelin.len(), 1);
    assert_eq!(michelin[0].brand, "Michelin");
    shop.execute("update products set active = false where brand = 'Michelin'").await;
    assert!(shop.store.search_tires(&stranger(1), &query).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_van_size_finds_only_van_tyres() {
    let Some(shop) = Shop::open().await else { return };
    let size: TireSize = "195/75 R16C".parse().unwrap();
    let query = |size| TireQuery { size, season: None, brand: None };
    let van = shop.store.search_tires(&stranger(1), &query(size)).await.unwrap();
    assert!(van.len() == 3 && van.iter().all(|tire| tire.size == "195/75 R16C"));
    shop.execute("update products set commercial = false where price = 5480").await;
    assert_eq!(shop.store.search_tires(&stranger(1), &query(size)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn products_are_found_by_a_short_number_and_by_words_with_a_slip() {
    let Some(shop) = Shop::open().await else { return };
    let by_number = shop.store.find_products(&stranger(1), "10421").await.unwrap();
    assert_eq!(by_number.len(), 1);
    assert_eq!(by_number[0].sku, "00000010421");
    let by_words = shop.store.find_products(&stranger(1), "nokian hakapelita").await.unwrap();
    assert!(!by_words.is_empty() && by_words.len() <= 10);
    assert_eq!(
        (by_words[0].brand.as_str(), by_words[0].model.as_str()),
        ("Nokian", "Hakkapeliitta 10")
    );
    assert!(shop.store.find_products(&stranger(1), "wheelbarrow").await.unwrap().is_empty());
    assert!(shop.store.find_products(&stranger(1), "  ").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_city_is_found_in_both_spellings_without_case() {
    let Some(shop) = Shop::open().await else { return };
    for city in ["kyiv", "КИЇВ", "Kiev"] {
        let found = shop.store.stations(&stranger(1), Some(city)).await.unwrap();
        let codes: Vec<_> = found.iter().map(|station| station.code.as_str()).collect();
        assert_eq!(codes, ["100202", "100201"], "{city}");
    }
    assert_eq!(shop.store.stations(&stranger(1), None).await.unwrap().len(), 4);
    assert!(shop.store.stations(&stranger(1), Some("Odesa")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_store_that_is_away_says_so_before_a_caller_loses_patience() {
    // A port that accepts and never answers.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://nobody@{}/none", listener.local_addr().unwrap());
    let store = PostgresStore::new(treadline::db::pool::lazy(&url, 2).unwrap(), 3);
    let began = std::time::Instant::now();
    let result = store.known_brands(&stranger(1)).await;
    assert!(matches!(result, Err(StoreError::Away(_))), "{result:?}");
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}

#[tokio::test]
async fn stations_are_named_in_the_language_of_the_call_where_the_shop_has_such_names() {
    let Some(shop) = Shop::open().await else { return };
    let ukrainian = Scope { language: Language::Uk, ..stranger(1) };
    shop.execute("update fitting_stations set address_uk = '' where external_code = '300401'")
        .await;
    shop.execute("update fitting_stations set district_uk = null where external_code = '300401'")
        .await;
    let found = shop.store.stations(&ukrainian, Some("Lviv")).await.unwrap();
    let [lviv] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((lviv.name.as_str(), lviv.city.as_str()), ("Зелена", "Львів"));
    assert_eq!(lviv.district, "Sykhivskyi");
    assert_eq!(lviv.address, "115 Zelena Street");
    let english = shop.store.stations(&stranger(1), Some("Київ")).await.unwrap();
    assert!(english.iter().all(|station| station.city == "Kyiv"), "{english:?}");
}

fn size(text: &str) -> TireSize {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_car_is_found_by_what_callers_call_it_and_by_its_year() {
    let Some(shop) = Shop::open().await else { return };
    let sizes = async |brand: &'static str, model: &'static str, year| {
        shop.store.vehicle_sizes(&stranger(1), brand, model, year).await.unwrap()
    };
    for (brand, model) in
        [("Skoda", "Octavia"), ("шкода", "октавія"), ("Шкода", "октавия"), ("skoda", "oktavia")]
    {
        let found = sizes(brand, model, Some(2015)).await.unwrap();
        assert_eq!((found.brand.as_str(), found.model.as_str()), ("Skoda", "Octavia"));
        assert_eq!(found.years, (2013, Some(2019)));
        assert!(found.stock_sizes.contains(&size("205/55 R16")), "{found:?}");
        assert!(found.acceptable_sizes.contains(&size("225/45 R17")), "{found:?}");
    }
    let newest = sizes("шкода", "октавія", None).await.unwrap();
    assert_eq!(newest.years, (2020, None), "without a year the newest");
    assert!(sizes("шкода", "октавія", Some(1990)).await.is_none(), "no such generation");
    let rav4 = sizes("тойота", "рав чотири", None).await.unwrap();
    assert_eq!(rav4.model, "RAV4");
    assert!(sizes("трактор", "т сто п'ятдесят", None).await.is_none());
    assert!(sizes("", "", None).await.is_none());
}

#[tokio::test]
async fn every_car_of_the_sample_has_sizes_that_can_be_read() {
    let Some(shop) = Shop::open().await else { return };
    let written: Vec<String> =
        sqlx::query_scalar("select distinct unnest(stock_sizes || acceptable_sizes) from vehicles")
            .fetch_all(&mut shop.superior().await)
            .await
            .unwrap();
    assert!(written.len() > 40);
    for text in written {
        assert_eq!(size(&text).to_string(), text);
    }
    assert!(shop.count("select count(*) from vehicles").await >= 60);
}

#[tokio::test]
async fn pickup_points_are_found_by_city_in_any_spelling() {
    let Some(shop) = Shop::open().await else { return };
    let points = async |city| shop.store.pickup_points(&stranger(1), city).await.unwrap();
    assert_eq!(points(None).await.len(), 6);
    for city in ["Kyiv", "київ", "у Києві", "Киев"] {
        assert_eq!(points(Some(city)).await.len(), 2, "{city}");
    }
    let ukrainian = Scope { language: Language::Uk, ..stranger(1) };
    let odesa = shop.store.pickup_points(&ukrainian, Some("Одесса")).await.unwrap();
    assert_eq!(odesa[0].name, "Пункт Аркадія");
    assert_eq!(points(Some("Odesa")).await[0].name, "Arcadia point");
    assert!(points(Some("Житомир")).await.is_empty());
}

#[tokio::test]
async fn fitting_has_a_price_for_each_class_of_vehicle() {
    let Some(shop) = Shop::open().await else { return };
    let prices = shop.store.fitting_prices(&stranger(1), 16, None).await.unwrap();
    let of = |service, category: &str| {
        let found = prices.iter().find(|p| p.service == service && p.category == category);
        found.map(|price| price.price)
    };
    assert_eq!(of(Service::FullService, "car"), Some(money("980")));
    assert_eq!(of(Service::FullService, "suv"), Some(money("1220")));
    assert!(of(Service::TireChange, "van").is_some());
    assert_eq!(prices[0].category, "car", "the commonest first");
    assert!(shop.store.fitting_prices(&stranger(1), 11, None).await.unwrap().is_empty());
    let nowhere = shop.store.fitting_prices(&stranger(1), 16, Some("999999")).await;
    assert_eq!(refused(nowhere), "unknown_station");
    // A price list that knows no classes still loads: it is for cars.
    shop.execute(
        "insert into fitting_prices (tenant_id, service_type, tire_diameter, price) \
         select id, 'balancing', 24, 1500 from tenants",
    )
    .await;
    let big = shop.store.fitting_prices(&stranger(1), 24, Some("100201")).await.unwrap();
    assert_eq!((big.len(), big[0].category.as_str()), (1, "car"));
}

#[tokio::test]
async fn public_holidays_have_no_times() {
    let Some(shop) = Shop::open().await else { return };
    let christmas = slot("2026-12-25", "10:00:00").date;
    let free =
        shop.store.slots(&stranger(1), "100201", christmas, christmas, Service::Balancing).await;
    assert!(free.unwrap().is_empty(), "a Friday, but closed");
}
