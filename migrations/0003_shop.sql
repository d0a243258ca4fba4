-- What the shop sells, where it fits tyres, who comes when, and what callers agreed to.

create table products (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    sku text not null,
    brand text not null,
    model text not null,
    -- Millimetres, per cent, tenths of an inch (165 is R16.5).
    width smallint not null,
    profile smallint not null,
    rim_tenths smallint not null,
    -- A van size, written with a C.
    commercial boolean not null default false,
    season text not null,
    load_index text,
    speed_index text,
    studded boolean not null default false,
    price numeric(12, 2) not null,
    currency text not null default 'UAH',
    -- Pieces in stock.
    quantity integer not null default 0,
    country text,
    year smallint,
    active boolean not null default true,
    meta jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    search_text text not null generated always as (lower(sku || ' ' || brand || ' ' || model)) stored,
    constraint products_pkey primary key (id),
    constraint products_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint products_tenant_id_id_key unique (tenant_id, id),
    constraint products_tenant_id_sku_key unique (tenant_id, sku),
    constraint products_width_check check (width between 125 and 405),
    constraint products_profile_check check (profile between 20 and 95),
    constraint products_rim_tenths_check check (rim_tenths between 100 and 265),
    constraint products_season_check check (season in ('winter', 'summer', 'all_season')),
    constraint products_price_check check (price >= 0),
    constraint products_quantity_check check (quantity >= 0),
    constraint products_year_check check (year between 1990 and 2100)
);
create index products_size_idx
    on products (tenant_id, width, profile, rim_tenths, season, price) where active;
create index products_brand_idx on products (tenant_id, lower(brand)) where active;
create index products_search_text_idx on products using gin (search_text gin_trgm_ops);

create table fitting_stations (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    -- What the model calls `station_id`; never spoken.
    external_code text not null,
    name text not null,
    city text not null,
    district text not null default '',
    address text not null default '',
    phone text,
    -- For display; the hours that bookings obey are rows of fitting_station_hours.
    working_hours text not null default '',
    services jsonb not null default '["tire_change", "balancing", "full_service"]',
    -- How many cars can be served at the same time.
    posts smallint not null default 1,
    -- Bookings begin at multiples of this, counted from opening.
    slot_minutes smallint not null default 60,
    active boolean not null default true,
    meta jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint fitting_stations_pkey primary key (id),
    constraint fitting_stations_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint fitting_stations_tenant_id_id_key unique (tenant_id, id),
    constraint fitting_stations_external_code_key unique (tenant_id, external_code),
    constraint fitting_stations_external_code_check check (external_code ~ '^[0-9]{6,12}$'),
    constraint fitting_stations_posts_check check (posts between 1 and 100),
    constraint fitting_stations_slot_minutes_check check (slot_minutes between 5 and 480),
    constraint fitting_stations_services_check check (jsonb_typeof(services) = 'array')
);
create index fitting_stations_city_idx on fitting_stations (tenant_id, lower(city)) where active;

create table fitting_station_hours (
    tenant_id uuid not null,
    station_id uuid not null,
    -- ISO: Monday is 1. A weekday without a row is closed.
    weekday smallint not null,
    opens time not null,
    closes time not null,
    constraint fitting_station_hours_pkey primary key (tenant_id, station_id, weekday, opens),
    constraint fitting_station_hours_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint fitting_station_hours_station_id_fkey foreign key (tenant_id, station_id)
        references fitting_stations (tenant_id, id) on delete cascade,
    constraint fitting_station_hours_weekday_check check (weekday between 1 and 7),
    constraint fitting_station_hours_order_check check (opens < closes)
);

create table fitting_closures (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    -- Null: every station of the shop.
    station_id uuid,
    closed_from date not null,
    -- The last closed day.
    closed_to date not null,
    reason text not null default '',
    created_at timestamptz not null default now(),
    constraint fitting_closures_pkey primary key (id),
    constraint fitting_closures_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint fitting_closures_station_id_fkey foreign key (tenant_id, station_id)
        references fitting_stations (tenant_id, id) on delete cascade,
    constraint fitting_closures_order_check check (closed_from <= closed_to)
);
create index fitting_closures_days_idx on fitting_closures (tenant_id, closed_from, closed_to);

-- Not partitioned: the uniqueness of an effect must hold over months.
create table approvals (
    id uuid not null,
    tenant_id uuid not null,
    call_id uuid not null,
    call_started_at timestamptz not null,
    tool_name text not null,
    args jsonb not null,
    -- From the call, the tool and the agreed content; equal agreements are one effect.
    effect_key text not null,
    -- SHA-256 of the read-back that the caller heard.
    readback_hash text not null,
    status text not null default 'pending',
    -- 'customer', or the user of the desk.
    approved_by text,
    approved_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint approvals_pkey primary key (id),
    constraint approvals_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint approvals_tenant_id_id_key unique (tenant_id, id),
    constraint approvals_effect_key_key unique (effect_key),
    constraint approvals_status_check
        check (status in ('pending', 'approved', 'rejected', 'expired')),
    constraint approvals_approved_check
        check (status <> 'approved' or (approved_by is not null and approved_at is not null))
);
create index approvals_call_id_idx on approvals (call_id);

create table fitting_bookings (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    station_id uuid not null,
    customer_id uuid,
    linked_order_id uuid,
    -- The day and time on the shop's wall.
    booking_date date not null,
    booking_time time not null,
    duration_minutes smallint not null default 60,
    -- Which of the station's posts, from 1.
    post smallint not null default 1,
    service_type text not null default 'tire_change',
    tire_diameter smallint,
    vehicle_info text not null default '',
    customer_name text not null default '',
    phone text,
    -- False if the number was only spoken.
    phone_verified boolean not null default false,
    status text not null default 'confirmed',
    -- A hold that is older than this no longer counts; whoever books next expires it.
    hold_expires_at timestamptz,
    price numeric(12, 2),
    currency text not null default 'UAH',
    source text not null default 'ai_agent',
    source_call_id uuid,
    approval_id uuid,
    effect_key text,
    -- The shop's own system: its number for the booking, whether it was checked there, and
    -- whether the customer came.
    external_id text,
    verified_at timestamptz,
    verification_data jsonb,
    attended boolean,
    notes text not null default '',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    during tsrange not null generated always as (
        tsrange(
            booking_date + booking_time,
            booking_date + booking_time + duration_minutes * interval '1 minute')
    ) stored,
    constraint fitting_bookings_pkey primary key (id),
    constraint fitting_bookings_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint fitting_bookings_tenant_id_id_key unique (tenant_id, id),
    constraint fitting_bookings_station_id_fkey foreign key (tenant_id, station_id)
        references fitting_stations (tenant_id, id),
    constraint fitting_bookings_customer_id_fkey foreign key (tenant_id, customer_id)
        references customers (tenant_id, id) on delete set null (customer_id),
    constraint fitting_bookings_approval_id_fkey foreign key (tenant_id, approval_id)
        references approvals (tenant_id, id),
    constraint fitting_bookings_effect_key_key unique (effect_key),
    constraint fitting_bookings_service_type_check
        check (service_type in ('tire_change', 'balancing', 'full_service')),
    constraint fitting_bookings_status_check
        check (status in ('held', 'confirmed', 'cancelled', 'expired', 'completed', 'no_show')),
    constraint fitting_bookings_hold_check
        check (status <> 'held' or hold_expires_at is not null),
    constraint fitting_bookings_duration_check check (duration_minutes between 5 and 480),
    constraint fitting_bookings_post_check check (post >= 1),
    constraint fitting_bookings_tire_diameter_check check (tire_diameter between 10 and 26),
    constraint fitting_bookings_price_check check (price >= 0),
    -- One post, one car at a time: decided here and nowhere else.
    constraint fitting_bookings_one_car_a_post exclude using gist (
        station_id with =, post with =, during with &&
    ) where (status in ('held', 'confirmed'))
);
create index fitting_bookings_station_day_idx on fitting_bookings (station_id, booking_date);
create index fitting_bookings_phone_idx on fitting_bookings (tenant_id, phone, booking_date);
create index fitting_bookings_customer_id_idx on fitting_bookings (customer_id);
create index fitting_bookings_source_call_id_idx on fitting_bookings (source_call_id);
create index fitting_bookings_hold_expires_at_idx
    on fitting_bookings (hold_expires_at) where status = 'held';

do $$
declare
    guarded text;
begin
    foreach guarded in array array[
        'products', 'fitting_stations', 'fitting_station_hours', 'fitting_closures',
        'approvals', 'fitting_bookings'
    ] loop
        execute format('alter table %I enable row level security', guarded);
        execute format('alter table %I force row level security', guarded);
        execute format(
            'create policy %I on %I using (tenant_id = nullif(current_setting(%L, true), %L)::uuid)',
            guarded || '_tenant', guarded, 'app.tenant_id', '');
        execute format('grant select, insert, update, delete on %I to treadline_app', guarded);
    end loop;
end
$$;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('products', null, 'keep', 'the catalogue'),
    ('fitting_stations', null, 'keep', 'the stations'),
    ('fitting_station_hours', null, 'keep', 'goes with its station'),
    ('fitting_closures', null, 'keep', 'few rows; explains why a day had no slots'),
    ('approvals', 1095, 'delete', 'the proof of an agreement lives as long as orders do'),
    ('fitting_bookings', 1095, 'delete', 'as long as orders do');
