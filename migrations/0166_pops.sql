-- What operators see before their phone rings, and what they made of it. One for each attempt of
-- call_transfers, under the same id and written in the same transaction. Who calls and what was
-- said stands in the log alone.

create table dashboard.pops (
    id uuid not null,
    tenant_id uuid not null,
    call_id uuid not null,
    call_started_at timestamptz not null,
    -- Within the call, from 1.
    attempt integer not null,
    -- A name of the configuration's allow-list.
    target text not null,
    reason text not null,
    asked_at timestamptz not null,
    -- What became of the attempt, in the words of call_transfers.outcome.
    fate text,
    fate_at timestamptz,
    -- Who of the desk has it.
    taken_by uuid,
    taken_at timestamptz,
    -- The talk is over, the sheet is open.
    over_at timestamptz,
    note text not null default '',
    -- How it ended, in the operator's words; 'skipped' where none was needed.
    outcome text,
    filed_at timestamptz,
    constraint pops_pkey primary key (id),
    constraint pops_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint pops_tenant_id_id_key unique (tenant_id, id),
    constraint pops_taken_by_fkey foreign key (taken_by)
        references dashboard.users (id) on delete set null,
    constraint pops_attempt_check check (attempt >= 1),
    constraint pops_fate_check check ((fate is null) = (fate_at is null)),
    constraint pops_filed_check check ((outcome is null) = (filed_at is null)),
    constraint pops_outcome_check check (outcome in (
        'ordered', 'booked', 'changed', 'cancelled', 'answered', 'call_back', 'complaint',
        'wrong_number', 'lost_line', 'skipped'))
);
create index pops_asked_at_idx on dashboard.pops (tenant_id, asked_at);
create index pops_call_id_idx on dashboard.pops (call_id);
create index pops_taken_by_idx on dashboard.pops (taken_by) where filed_at is null;

-- Who did not want it, and why.
create table dashboard.pop_refusals (
    tenant_id uuid not null,
    pop_id uuid not null,
    user_id uuid not null,
    reason text not null,
    at timestamptz not null,
    constraint pop_refusals_pkey primary key (pop_id, user_id),
    constraint pop_refusals_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint pop_refusals_pop_id_fkey foreign key (tenant_id, pop_id)
        references dashboard.pops (tenant_id, id) on delete cascade,
    constraint pop_refusals_user_id_fkey foreign key (user_id)
        references dashboard.users (id) on delete cascade,
    constraint pop_refusals_reason_check
        check (reason in ('busy', 'not_mine', 'break', 'unwell', 'other'))
);
create index pop_refusals_user_id_idx on dashboard.pop_refusals (user_id);

do $$
declare
    guarded text;
    own constant text := 'tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
begin
    foreach guarded in array array['pops', 'pop_refusals'] loop
        execute format('alter table dashboard.%I enable row level security', guarded);
        execute format('alter table dashboard.%I force row level security', guarded);
        execute format('create policy %I on dashboard.%I using (%s)', guarded || '_tenant', guarded, own);
        execute format('grant select, insert, update, delete on dashboard.%I to treadline_app', guarded);
        execute format('grant select on dashboard.%I to dashboard_reader', guarded);
    end loop;
end
$$;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('dashboard.pops', 90, 'expire', 'as long as the transfer that it belongs to'),
    ('dashboard.pop_refusals', 90, 'expire', 'goes with its pop');
