-- What was learnt from calls. The first kind: words that the recogniser hears wrong again and again,
-- and what callers mean by them.

create table learning_records (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    learning_type text not null,
    -- Of a correction: the words as they are heard.
    trigger_description text not null,
    -- Of a correction: the words as they are meant.
    learned_pattern text not null,
    -- Why somebody thinks so.
    reason text not null default '',
    confidence numeric(3, 2),
    -- Turns of callers in which it changed something.
    times_applied bigint not null default 0,
    -- Of these, turns in which a tool of the agent then did what was asked.
    times_helped bigint not null default 0,
    success_rate numeric(3, 2) generated always as (
        case when times_applied > 0 then round(times_helped::numeric / times_applied, 2) end) stored,
    status text not null default 'active',
    -- Counts changes by people, not applications.
    version integer not null default 1,
    created_by text not null,
    changed_by text not null,
    last_applied_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint learning_records_pkey primary key (id),
    constraint learning_records_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint learning_records_tenant_id_id_key unique (tenant_id, id),
    constraint learning_records_learning_type_check
        check (learning_type in ('heard_as', 'error_fix', 'pattern', 'optimization')),
    constraint learning_records_trigger_description_check
        check (trigger_description <> '' and length(trigger_description) <= 200),
    constraint learning_records_learned_pattern_check
        check (learned_pattern <> '' and length(learned_pattern) <= 200),
    constraint learning_records_reason_check check (length(reason) <= 500),
    constraint learning_records_confidence_check check (confidence between 0 and 1),
    constraint learning_records_times_check check (times_helped between 0 and times_applied),
    constraint learning_records_status_check check (status in ('active', 'deprecated', 'merged'))
);
-- The same words cannot mean two things at the same time.
create unique index learning_records_active_key
    on learning_records (tenant_id, learning_type, lower(trigger_description))
    where status = 'active';
create index learning_records_status_idx on learning_records (tenant_id, status);

alter table learning_records enable row level security;
alter table learning_records force row level security;
create policy learning_records_tenant on learning_records
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy learning_records_keeper on learning_records for select
    using (current_setting('app.desk', true) = 'settings');
grant select, insert, update on learning_records to treadline_app;
grant select on learning_records to dashboard_reader;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('learning_records', null, 'keep', 'words as they are heard and meant, of no person');
