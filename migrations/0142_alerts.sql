-- What is not as it should be, as long as it is so, and who has seen it.

create table dashboard.alerts (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    kind text not null,
    -- Which process or job; empty: the shop's calls.
    subject text not null default '',
    threshold double precision not null,
    actual double precision not null,
    severity text not null default 'warning',
    description text not null,
    -- How often it was looked at and found so.
    times integer not null default 1,
    triggered_at timestamptz not null,
    last_seen_at timestamptz not null,
    acknowledged_at timestamptz,
    acknowledged_by text,
    resolved_at timestamptz,
    -- The ways by which somebody was told: 'email', 'telegram'.
    told text[] not null default '{}',
    notification_sent_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint alerts_pkey primary key (id),
    constraint alerts_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint alerts_kind_check check (kind ~ '^[a-z_]{1,40}$'),
    constraint alerts_severity_check check (severity in ('info', 'warning', 'critical')),
    constraint alerts_acknowledged_check
        check ((acknowledged_at is null) = (acknowledged_by is null))
);
-- The same thing is one alert until it is well again, however often it is seen.
create unique index alerts_open_key on dashboard.alerts (tenant_id, kind, subject)
    where resolved_at is null;
create index alerts_triggered_at_idx on dashboard.alerts (tenant_id, triggered_at desc, id desc);

-- Which days were told about in the morning after.
create table dashboard.digests (
    tenant_id uuid not null,
    day date not null,
    -- The ways by which it was told.
    told text[] not null default '{}',
    sent_at timestamptz,
    constraint digests_pkey primary key (tenant_id, day),
    constraint digests_tenant_id_fkey foreign key (tenant_id) references tenants (id)
);

do $$
declare
    guarded text;
    own constant text := 'tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
begin
    foreach guarded in array array['alerts', 'digests'] loop
        execute format('alter table dashboard.%I enable row level security', guarded);
        execute format('alter table dashboard.%I force row level security', guarded);
        execute format('create policy %I on dashboard.%I using (%s)', guarded || '_tenant', guarded, own);
        execute format('grant select, insert, update, delete on dashboard.%I to treadline_app', guarded);
    end loop;
end
$$;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('dashboard.alerts', 365, 'expire', 'a year of what went wrong'),
    ('dashboard.digests', 365, 'expire', 'what was told when');
