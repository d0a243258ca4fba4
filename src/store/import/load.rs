//! Rows into tables, some thousands a statement. All of a file is one transaction.

use super::kinds::{PriceRow, ProductRow, StationRow, StockRow, VehicleRow};
use super::{Counts, SYSTEM, Told, Watch};
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

/// Rows of one statement: few enough that a bar moves, many enough that the way to the server
/// does not count.
const BATCH: usize = 5_000;

/// What a load works with.
pub(super) struct Load<'c> {
    pub(super) conn: &'c mut PgConnection,
    pub(super) tenant: TenantId,
    pub(super) watch: Watch,
}

impl Load<'_> {
    /// Puts the catalogue in. Stock is left to [`Load::stock`].
    pub(super) async fn products(&mut self, rows: &[ProductRow]) -> Result<Counts, sqlx::Error> {
        let mut counts = Counts::default();
        for batch in rows.chunks(BATCH) {
            let flags: Vec<bool> = sqlx::query_scalar(
                "insert into products (tenant_id, sku, brand, model, width, profile, rim_tenths, \
                     commercial, season, price, load_index, speed_index, studded, country, year) \
                 select $1, u.sku, u.brand, u.model, u.width, u.profile, u.rim_tenths, \
                     u.commercial, u.season, u.price, nullif(u.load_index, ''), \
                     nullif(u.speed_index, ''), u.studded, nullif(u.country, ''), u.year \
                 from unnest($2::text[], $3::text[], $4::text[], $5::int2[], $6::int2[], \
                     $7::int2[], $8::bool[], $9::text[], $10::numeric[], $11::text[], \
                     $12::text[], $13::bool[], $14::text[], $15::int2[]) \
                     as u(sku, brand, model, width, profile, rim_tenths, commercial, season, \
                         price, load_index, speed_index, studded, country, year) \
                 order by u.sku \
                 on conflict (tenant_id, sku) do update set brand = excluded.brand, \
                     model = excluded.model, width = excluded.width, profile = excluded.profile, \
                     rim_tenths = excluded.rim_tenths, commercial = excluded.commercial, \
                     season = excluded.season, price = excluded.price, \
                     load_index = excluded.load_index, speed_index = excluded.speed_index, \
                     studded = excluded.studded, country = excluded.country, \
                     year = excluded.year, active = true, updated_at = now() \
                 returning xmax = 0",
            )
            .bind(self.tenant.0)
            .bind(texts(batch, |row| &row.sku))
            .bind(texts(batch, |row| &row.brand))
            .bind(texts(batch, |row| &row.model))
            .bind(all(batch, |row| row.size.width.cast_signed()))
            .bind(all(batch, |row| row.size.profile.cast_signed()))
            .bind(all(batch, |row| row.size.rim_tenths.cast_signed()))
            .bind(all(batch, |row| row.size.commercial))
            .bind(all(batch, |row| row.season.as_str()))
            .bind(all(batch, |row| row.price))
            .bind(texts(batch, |row| &row.load_index))
            .bind(texts(batch, |row| &row.speed_index))
            .bind(all(batch, |row| row.studded))
            .bind(texts(batch, |row| &row.country))
            .bind(all(batch, |row| row.year))
            .fetch_all(&mut *self.conn)
            .await?;
            counts.add(&flags);
            self.tie_products(batch).await?;
            (self.watch)(Told::Loaded(batch.len() as u64));
        }
        Ok(counts)
    }

    /// Ties the rows to the shop's own ids.
    async fn tie_products(&mut self, batch: &[ProductRow]) -> Result<(), sqlx::Error> {
        sqlx::query(
            "insert into external_refs (tenant_id, kind, local_id, system, external_id) \
             select $1, 'product', p.id, $2, u.external_id \
             from unnest($3::text[], $4::text[]) as u(sku, external_id) \
             join products p on p.tenant_id = $1 and p.sku = u.sku \
             on conflict (tenant_id, system, kind, external_id) do update \
             set local_id = excluded.local_id, updated_at = now() \
             where external_refs.local_id <> excluded.local_id",
        )
        .bind(self.tenant.0)
        .bind(SYSTEM)
        .bind(texts(batch, |row| &row.sku))
        .bind(texts(batch, |row| &row.external_id))
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// The lines of those articles that the catalogue does not know.
    pub(super) async fn unknown_articles(
        &mut self,
        rows: &[StockRow],
    ) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar(
            "select u.sku from unnest($2::text[]) as u(sku) where not exists \
                 (select from products p where p.tenant_id = $1 and p.sku = u.sku)",
        )
        .bind(self.tenant.0)
        .bind(texts(rows, |row| &row.sku))
        .fetch_all(&mut *self.conn)
        .await
    }

    /// Puts the stock in: what the file says less what was ordered since `as_of`. Orders take
    /// stock from the same rows, so these are locked first; an order that comes in between waits,
    /// and takes from the new stock.
    pub(super) async fn stock(
        &mut self,
        rows: &[StockRow],
        as_of: DateTime<Utc>,
    ) -> Result<Counts, sqlx::Error> {
        sqlx::query("select from products where tenant_id = $1 order by sku for update")
            .bind(self.tenant.0)
            .execute(&mut *self.conn)
            .await?;
        let mut counts = Counts::default();
        for batch in rows.chunks(BATCH) {
            let changed = sqlx::query(
                "with sold as ( \
                     select i.product_id, sum(i.quantity)::int as pieces \
                     from order_items i join orders o on o.id = i.order_id \
                     where o.tenant_id = $1 and o.confirmed_at > $5 \
                       and o.status not in ('draft', 'cancelled') \
                     group by i.product_id), \
                 wanted as ( \
                     select u.sku, greatest(0, u.quantity - coalesce(sold.pieces, 0)) as quantity, \
                         u.price \
                     from unnest($2::text[], $3::int4[], $4::numeric[]) as u(sku, quantity, price) \
                     left join sold on sold.product_id = u.sku) \
                 update products p set quantity = wanted.quantity, \
                     price = coalesce(wanted.price, p.price), updated_at = now() \
                 from wanted where p.tenant_id = $1 and p.sku = wanted.sku \
                   and (p.quantity, p.price) is distinct from \
                       (wanted.quantity, coalesce(wanted.price, p.price))",
            )
            .bind(self.tenant.0)
            .bind(texts(batch, |row| &row.sku))
            .bind(all(batch, |row| row.quantity))
            .bind(all(batch, |row| row.price))
            .bind(as_of)
            .execute(&mut *self.conn)
            .await?;
            counts.updated += changed.rows_affected();
            counts.unchanged += batch.len() as u64 - changed.rows_affected();
            (self.watch)(Told::Loaded(batch.len() as u64));
        }
        Ok(counts)
    }

    /// Articles of which there are some.
    pub(super) async fn in_stock(&mut self) -> Result<u64, sqlx::Error> {
        let count: i64 = sqlx::query_scalar(
            "select count(*) from products where tenant_id = $1 and quantity > 0",
        )
        .bind(self.tenant.0)
        .fetch_one(&mut *self.conn)
        .await?;
        Ok(count.unsigned_abs())
    }

    /// What the file does not name is not there.
    pub(super) async fn empty_the_others(&mut self, rows: &[StockRow]) -> Result<u64, sqlx::Error> {
        let emptied = sqlx::query(
            "update products p set quantity = 0, updated_at = now() \
             where p.tenant_id = $1 and p.quantity > 0 and not exists \
                 (select from unnest($2::text[]) as u(sku) where u.sku = p.sku)",
        )
        .bind(self.tenant.0)
        .bind(texts(rows, |row| &row.sku))
        .execute(&mut *self.conn)
        .await?;
        Ok(emptied.rows_affected())
    }

    /// Puts in what fits which car. Sizes travel as one text a car: Postgres has no arrays of
    /// arrays of different lengths.
    pub(super) async fn vehicles(&mut self, rows: &[VehicleRow]) -> Result<Counts, sqlx::Error> {
        let mut counts = Counts::default();
        for batch in rows.chunks(BATCH) {
            let flags: Vec<bool> = sqlx::query_scalar(
                "insert into vehicles (tenant_id, brand, model, year_from, year_to, stock_sizes, \
                     acceptable_sizes) \
                 select $1, u.brand, u.model, u.year_from, u.year_to, \
                     string_to_array(u.stock, '|'), string_to_array(u.acceptable, '|') \
                 from unnest($2::text[], $3::text[], $4::int2[], $5::int2[], $6::text[], \
                     $7::text[]) as u(brand, model, year_from, year_to, stock, acceptable) \
                 on conflict (tenant_id, brand, model, year_from) do update \
                 set year_to = excluded.year_to, stock_sizes = excluded.stock_sizes, \
                     acceptable_sizes = excluded.acceptable_sizes, updated_at = now() \
                 returning xmax = 0",
            )
            .bind(self.tenant.0)
            .bind(texts(batch, |row| &row.brand))
            .bind(texts(batch, |row| &row.model))
            .bind(all(batch, |row| row.years.0))
            .bind(all(batch, |row| row.years.1))
            .bind(all(batch, |row| row.stock_sizes.join("|")))
            .bind(all(batch, |row| row.acceptable_sizes.join("|")))
            .fetch_all(&mut *self.conn)
            .await?;
            counts.add(&flags);
            (self.watch)(Told::Loaded(batch.len() as u64));
        }
        Ok(counts)
    }

    /// Puts stations in, each with its opening hours; the hours that it had are replaced.
    pub(super) async fn stations(&mut self, rows: &[StationRow]) -> Result<Counts, sqlx::Error> {
        let mut counts = Counts::default();
        for row in rows {
            let [name, city, district, address, name_uk, city_uk, district_uk, address_uk] =
                &row.words;
            let (id, is_new): (Uuid, bool) = sqlx::query_as(
                "insert into fitting_stations (tenant_id, external_code, name, city, district, \
                     address, name_uk, city_uk, district_uk, address_uk, city_aliases, phone, \
                     posts, slot_minutes, working_hours) \
                 values ($1, $2, $3, $4, $5, $6, nullif($7, ''), nullif($8, ''), nullif($9, ''), \
                     nullif($10, ''), $11, nullif($12, ''), $13, $14, $15) \
                 on conflict (tenant_id, external_code) do update set name = excluded.name, \
                     city = excluded.city, district = excluded.district, \
                     address = excluded.address, name_uk = excluded.name_uk, \
                     city_uk = excluded.city_uk, district_uk = excluded.district_uk, \
                     address_uk = excluded.address_uk, city_aliases = excluded.city_aliases, \
                     phone = excluded.phone, posts = excluded.posts, \
                     slot_minutes = excluded.slot_minutes, \
                     working_hours = excluded.working_hours, active = true, updated_at = now() \
                 returning id, xmax = 0",
            )
            .bind(self.tenant.0)
            .bind(&row.code)
            .bind(name)
            .bind(city)
            .bind(district)
            .bind(address)
            .bind(name_uk)
            .bind(city_uk)
            .bind(district_uk)
            .bind(address_uk)
            .bind(&row.aliases)
            .bind(&row.phone)
            .bind(row.posts)
            .bind(row.slot_minutes)
            .bind(&row.hours_text)
            .fetch_one(&mut *self.conn)
            .await?;
            counts.add(&[is_new]);
            self.open_station(id, row).await?;
            (self.watch)(Told::Loaded(1));
        }
        Ok(counts)
    }

    async fn open_station(&mut self, id: Uuid, row: &StationRow) -> Result<(), sqlx::Error> {
        sqlx::query("delete from fitting_station_hours where tenant_id = $1 and station_id = $2")
            .bind(self.tenant.0)
            .bind(id)
            .execute(&mut *self.conn)
            .await?;
        sqlx::query(
            "with hours as ( \
                 insert into fitting_station_hours (tenant_id, station_id, weekday, opens, closes) \
                 select $1, $2, u.weekday, u.opens, u.closes \
                 from unnest($3::int2[], $4::time[], $5::time[]) as u(weekday, opens, closes)) \
             insert into external_refs (tenant_id, kind, local_id, system, external_id) \
             values ($1, 'station', $2, $6, $7) \
             on conflict (tenant_id, system, kind, external_id) do update \
             set local_id = excluded.local_id, updated_at = now()",
        )
        .bind(self.tenant.0)
        .bind(id)
        .bind(all(&row.hours, |hours| hours.0))
        .bind(all(&row.hours, |hours| hours.1))
        .bind(all(&row.hours, |hours| hours.2))
        .bind(SYSTEM)
        .bind(&row.code)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// Puts the price list of fitting in.
    pub(super) async fn prices(&mut self, rows: &[PriceRow]) -> Result<Counts, sqlx::Error> {
        let mut counts = Counts::default();
        for batch in rows.chunks(BATCH) {
            let flags: Vec<bool> = sqlx::query_scalar(
                "insert into fitting_prices (tenant_id, service_type, tire_diameter, \
                     vehicle_class, price) \
                 select $1, u.service, u.diameter, u.class, u.price \
                 from unnest($2::text[], $3::int2[], $4::text[], $5::numeric[]) \
                     as u(service, diameter, class, price) \
                 on conflict (tenant_id, service_type, tire_diameter, vehicle_class) do update \
                 set price = excluded.price, updated_at = now() \
                 returning xmax = 0",
            )
            .bind(self.tenant.0)
            .bind(texts(batch, |row| &row.service))
            .bind(all(batch, |row| row.diameter))
            .bind(texts(batch, |row| &row.class))
            .bind(all::<_, Decimal>(batch, |row| row.price))
            .fetch_all(&mut *self.conn)
            .await?;
            counts.add(&flags);
            (self.watch)(Told::Loaded(batch.len() as u64));
        }
        Ok(counts)
    }
}

fn texts<R>(rows: &[R], text: impl Fn(&R) -> &String) -> Vec<&str> {
    rows.iter().map(|row| text(row).as_str()).collect()
}

fn all<'r, R, T: 'r>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
