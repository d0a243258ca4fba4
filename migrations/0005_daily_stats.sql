-- One row a shop and day (the day on the shop's wall), made from calls with origin 'live'.

create table daily_stats (
    tenant_id uuid not null,
    stat_date date not null,
    total_calls integer not null default 0,
    resolved_by_bot integer not null default 0,
    transferred integer not null default 0,
    avg_duration_seconds double precision,
    avg_quality_score double precision,
    total_cost_usd numeric(12, 6) not null default 0,
    scenario_breakdown jsonb not null default '{}',
    transfer_reasons jsonb not null default '{}',
    hourly_distribution jsonb not null default '{}',
    channel_breakdown jsonb not null default '{}',
    bookings integer not null default 0,
    orders integer not null default 0,
    conversion double precision,
    avg_response_ms double precision,
    -- Set once the rows that the day was counted from are past their retention: from then on the
    -- day is never counted again.
    sealed_at timestamptz,
    computed_at timestamptz not null default now(),
    constraint daily_stats_pkey primary key (tenant_id, stat_date),
    constraint daily_stats_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint daily_stats_counts_check check (
        total_calls >= 0 and resolved_by_bot >= 0 and transferred >= 0
        and bookings >= 0 and orders >= 0),
    constraint daily_stats_conversion_check check (conversion between 0 and 1)
);

alter table daily_stats enable row level security;
alter table daily_stats force row level security;
create policy daily_stats_tenant on daily_stats
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, update, delete on daily_stats to treadline_app;
grant select on daily_stats to dashboard_reader;

insert into housekeeping.retention (table_name, keep_days, action, reason)
values ('daily_stats', null, 'keep', 'numbers without people');
