-- Attempts to bring a person to a call: one row each, written before a phone rings.

create table call_transfers (
    id uuid not null,
    tenant_id uuid not null,
    call_id uuid not null,
    call_started_at timestamptz not null,
    -- Within the call, from 1.
    attempt integer not null,
    -- 'blind', 'bridge', 'warm', 'hand_back'
    kind text not null,
    -- A name of the configuration's allow-list, never a number.
    target text not null,
    reason text not null,
    -- What the operator should know. Empty when the caller asked not to be recorded.
    summary text not null default '',
    caller text,
    -- What the caller was about to order or to book, and where the talk stood.
    cart jsonb not null default '{}',
    requested_at timestamptz not null,
    -- When a person picked up.
    answered_at timestamptz,
    ended_at timestamptz,
    -- Null while it is under way.
    outcome text,
    -- A user of the desk.
    operator_id uuid,
    created_at timestamptz not null default now(),
    constraint call_transfers_pkey primary key (id, call_started_at),
    constraint call_transfers_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint call_transfers_attempt_key unique (call_started_at, call_id, attempt),
    constraint call_transfers_attempt_check check (attempt >= 1),
    constraint call_transfers_kind_check
        check (kind in ('blind', 'bridge', 'warm', 'hand_back')),
    constraint call_transfers_outcome_check check (outcome in (
        'taken', 'handed_over', 'handed_back', 'busy', 'no_answer', 'refused', 'offline',
        'out_of_hours', 'caller_left', 'not_allowed', 'failed')),
    constraint call_transfers_ended_check check ((outcome is null) = (ended_at is null))
) partition by range (call_started_at);
create index idx_call_transfers_call_id on call_transfers (call_id);
create index idx_call_transfers_requested_at on call_transfers (tenant_id, requested_at);
create table call_transfers_default partition of call_transfers default;

alter table call_transfers enable row level security;
alter table call_transfers force row level security;
create policy call_transfers_tenant on call_transfers
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, update, delete on call_transfers to treadline_app;
grant select on call_transfers to dashboard_reader;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('call_transfers', 90, 'drop_month', 'the summary holds what people said');
