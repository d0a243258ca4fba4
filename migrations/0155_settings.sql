-- What the shop's people choose at their desk, within what the configuration file allows.
--
-- A row is one version of one setting and is never changed: the highest version is in force, putting
-- an old one back makes a new one. What the program makes of a value is checked again when it is read.

create table settings (
    tenant_id uuid not null,
    -- 'hours', 'transfers', 'limits', 'greeting'
    key text not null,
    version integer not null,
    value jsonb not null,
    -- In words, why.
    reason text not null default '',
    -- Who, in words that stay when the account goes.
    changed_by text not null,
    changed_at timestamptz not null,
    constraint settings_pkey primary key (tenant_id, key, version),
    constraint settings_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint settings_key_check check (key ~ '^[a-z][a-z_]{0,31}$'),
    constraint settings_version_check check (version >= 1),
    constraint settings_value_check check (jsonb_typeof(value) = 'object'),
    constraint settings_reason_check check (length(reason) <= 500),
    constraint settings_changed_by_check check (changed_by <> '')
);

alter table settings enable row level security;
alter table settings force row level security;
create policy settings_tenant on settings
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
-- Every process keeps what is in force for every shop in its memory.
create policy settings_keeper on settings for select
    using (current_setting('app.desk', true) = 'settings');
-- Nobody changes a version or takes one away.
grant select, insert on settings to treadline_app;
grant select on settings to dashboard_reader;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('settings', null, 'keep', 'versions can be put back; nothing personal');
