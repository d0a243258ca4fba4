-- Prices by class of vehicle, stored tyres, what fits which car, and how bookings change.

alter table fitting_prices
    add column vehicle_class text not null default 'car',
    add constraint fitting_prices_vehicle_class_check check (vehicle_class in (
        'car', 'suv', 'van', 'gazelle', 'tavriya', 'microcar', 'atv', 'other')),
    drop constraint fitting_prices_pkey,
    add constraint fitting_prices_pkey
        primary key (tenant_id, service_type, tire_diameter, vehicle_class);

create table storage_contracts (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    customer_id uuid,
    -- Whose they are: only this number is told of them.
    phone text not null,
    -- Never spoken.
    number text not null,
    tires text not null default '',
    tires_uk text,
    location text not null default '',
    location_uk text,
    -- What is still to be paid, UAH.
    debt numeric(12, 2) not null default 0,
    active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint storage_contracts_pkey primary key (id),
    constraint storage_contracts_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint storage_contracts_tenant_id_id_key unique (tenant_id, id),
    constraint storage_contracts_customer_id_fkey foreign key (tenant_id, customer_id)
        references customers (tenant_id, id) on delete set null (customer_id),
    constraint storage_contracts_number_key unique (tenant_id, number),
    constraint storage_contracts_number_check check (number ~ '^[0-9]{11}$'),
    constraint storage_contracts_debt_check check (debt >= 0)
);
create index storage_contracts_phone_idx on storage_contracts (tenant_id, phone);

alter table fitting_bookings
    add column storage_contract_id uuid,
    add constraint fitting_bookings_storage_contract_id_fkey
        foreign key (tenant_id, storage_contract_id)
        references storage_contracts (tenant_id, id) on delete set null (storage_contract_id);
-- A set of stored tyres is driven to one station once.
create unique index fitting_bookings_one_a_contract on fitting_bookings (storage_contract_id)
    where status in ('held', 'confirmed');
-- Holds of callers without a number are counted by their call.
create index fitting_bookings_held_idx on fitting_bookings (tenant_id, source_call_id)
    where status = 'held';

-- Moves and cancellations, each under its own yes.
create table fitting_booking_changes (
    id uuid not null,
    tenant_id uuid not null,
    booking_id uuid not null,
    kind text not null,
    from_date date not null,
    from_time time not null,
    to_date date,
    to_time time,
    call_id uuid not null,
    approval_id uuid not null,
    effect_key text not null,
    created_at timestamptz not null default now(),
    constraint fitting_booking_changes_pkey primary key (id),
    constraint fitting_booking_changes_tenant_id_fkey
        foreign key (tenant_id) references tenants (id),
    constraint fitting_booking_changes_booking_id_fkey foreign key (tenant_id, booking_id)
        references fitting_bookings (tenant_id, id) on delete cascade,
    constraint fitting_booking_changes_approval_id_fkey foreign key (tenant_id, approval_id)
        references approvals (tenant_id, id),
    constraint fitting_booking_changes_effect_key_key unique (effect_key),
    constraint fitting_booking_changes_kind_check check (kind in ('cancel', 'move')),
    constraint fitting_booking_changes_to_check
        check ((kind = 'move') = (to_date is not null and to_time is not null))
);
create index fitting_booking_changes_booking_id_idx on fitting_booking_changes (booking_id);

create table vehicles (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    brand text not null,
    model text not null,
    year_from smallint not null,
    -- Null: still made.
    year_to smallint,
    -- Canonical writing: 205/55 R16.
    stock_sizes text[] not null,
    acceptable_sizes text[] not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint vehicles_pkey primary key (id),
    constraint vehicles_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint vehicles_model_key unique (tenant_id, brand, model, year_from),
    constraint vehicles_years_check
        check (year_from between 1950 and 2100 and year_to between year_from and 2100),
    constraint vehicles_stock_sizes_check check (cardinality(stock_sizes) > 0)
);

do $$
declare
    guarded text;
begin
    foreach guarded in array array[
        'storage_contracts', 'fitting_booking_changes', 'vehicles'
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
    ('storage_contracts', null, 'keep', 'for as long as the shop keeps the tyres'),
    ('fitting_booking_changes', 1095, 'delete', 'goes with its booking'),
    ('vehicles', null, 'keep', 'what fits which car');
