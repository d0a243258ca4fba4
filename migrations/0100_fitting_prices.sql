-- What fitting costs, and how stations are called in the shop's other language.

create table fitting_prices (
    tenant_id uuid not null,
    service_type text not null,
    -- Rim inches.
    tire_diameter smallint not null,
    -- For four wheels.
    price numeric(12, 2) not null,
    currency text not null default 'UAH',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint fitting_prices_pkey primary key (tenant_id, service_type, tire_diameter),
    constraint fitting_prices_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint fitting_prices_service_type_check
        check (service_type in ('tire_change', 'balancing', 'full_service')),
    constraint fitting_prices_tire_diameter_check check (tire_diameter between 10 and 26),
    constraint fitting_prices_price_check check (price >= 0)
);

alter table fitting_prices enable row level security;
alter table fitting_prices force row level security;
create policy fitting_prices_tenant on fitting_prices
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, update, delete on fitting_prices to treadline_app;

insert into housekeeping.retention (table_name, keep_days, action, reason)
values ('fitting_prices', null, 'keep', 'the price list');

alter table fitting_stations
    add column name_uk text,
    add column city_uk text,
    add column district_uk text,
    add column address_uk text,
    -- Other names that callers use for the city.
    add column city_aliases text[] not null default '{}';
