-- People, and what the agent remembers of them.

create table customers (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    -- E.164; null for someone who is known by another identity only.
    phone text,
    name text,
    total_calls integer not null default 0,
    first_call_at timestamptz,
    last_call_at timestamptz,
    meta jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,
    constraint customers_pkey primary key (id),
    constraint customers_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    -- Others refer to a customer together with the tenant, so that no row can point across shops.
    constraint customers_tenant_id_id_key unique (tenant_id, id),
    constraint customers_tenant_id_phone_key unique (tenant_id, phone),
    constraint customers_total_calls_check check (total_calls >= 0),
    constraint customers_phone_check check (phone <> '')
);
create index customers_name_trgm_idx on customers using gin (lower(name) gin_trgm_ops);

create table customer_memory (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    customer_id uuid not null,
    preferred_station_id uuid,
    preferred_service text,
    preferred_time text,
    language text,
    allow_notifications boolean not null default true,
    -- Vehicles, sizes, address, name, last visit.
    data jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint customer_memory_pkey primary key (id),
    constraint customer_memory_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint customer_memory_customer_id_fkey foreign key (tenant_id, customer_id)
        references customers (tenant_id, id) on delete cascade,
    constraint customer_memory_tenant_id_customer_id_key unique (tenant_id, customer_id),
    constraint customer_memory_language_check check (language ~ '^[a-z]{2}$')
);

alter table customers enable row level security;
alter table customers force row level security;
create policy customers_tenant on customers
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
alter table customer_memory enable row level security;
alter table customer_memory force row level security;
create policy customer_memory_tenant on customer_memory
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

grant select, insert, update, delete on customers, customer_memory to treadline_app;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('customers', null, 'keep', 'until the person asks to be forgotten'),
    ('customer_memory', null, 'keep', 'goes with its customer');
