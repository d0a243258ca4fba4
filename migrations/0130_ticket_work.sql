-- The work on tickets: who has one, what was changed, how often somebody was phoned.

alter table tickets
    -- Counts the changes: whoever changes a ticket says which of them they saw.
    add column version integer not null default 1,
    add column close_reason text,
    add constraint tickets_version_check check (version >= 1),
    add constraint tickets_close_reason_check check (close_reason in (
        'done', 'not_reached', 'refused', 'duplicate', 'wrong_number', 'other'));
create index tickets_queue_idx on tickets (tenant_id, due_at)
    where status not in ('resolved', 'closed');
create index tickets_done_idx on tickets (tenant_id, updated_at desc, id desc)
    where status in ('resolved', 'closed');

-- A ticket before and after each change: who changes a ticket that moved on meanwhile is shown
-- both.
create table ticket_changes (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    ticket_id uuid not null,
    -- The version that it made.
    version integer not null,
    -- 'made', 'taken', 'status', …
    action text not null,
    user_id uuid,
    -- Who, in words that stay when the account goes.
    actor text not null,
    note text,
    before jsonb,
    after jsonb not null,
    at timestamptz not null,
    constraint ticket_changes_pkey primary key (id),
    constraint ticket_changes_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint ticket_changes_ticket_id_fkey foreign key (tenant_id, ticket_id)
        references tickets (tenant_id, id) on delete cascade,
    constraint ticket_changes_user_id_fkey foreign key (user_id)
        references dashboard.users (id) on delete set null,
    constraint ticket_changes_version_key unique (ticket_id, version),
    constraint ticket_changes_action_check check (action ~ '^[a-z][a-z_]{0,31}$')
);

-- Somebody was phoned.
create table ticket_attempts (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    ticket_id uuid not null,
    -- Within the ticket, from 1.
    number integer not null,
    result text not null,
    note text,
    user_id uuid,
    actor text not null,
    at timestamptz not null,
    constraint ticket_attempts_pkey primary key (id),
    constraint ticket_attempts_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint ticket_attempts_ticket_id_fkey foreign key (tenant_id, ticket_id)
        references tickets (tenant_id, id) on delete cascade,
    constraint ticket_attempts_user_id_fkey foreign key (user_id)
        references dashboard.users (id) on delete set null,
    constraint ticket_attempts_number_key unique (ticket_id, number),
    constraint ticket_attempts_number_check check (number >= 1),
    constraint ticket_attempts_result_check
        check (result in ('reached', 'no_answer', 'busy', 'wrong_number'))
);

do $$
declare
    guarded text;
begin
    foreach guarded in array array['ticket_changes', 'ticket_attempts'] loop
        execute format('alter table %I enable row level security', guarded);
        execute format('alter table %I force row level security', guarded);
        execute format(
            'create policy %I on %I using (tenant_id = nullif(current_setting(%L, true), %L)::uuid)',
            guarded || '_tenant', guarded, 'app.tenant_id', '');
        execute format('grant select, insert, update, delete on %I to treadline_app', guarded);
    end loop;
end
$$;
-- What the desk's pages read; whoever writes is the program, in the name of somebody.
grant select on tickets, ticket_messages, ticket_changes, ticket_attempts, customers
    to dashboard_reader;
-- Of a colleague the name, and nothing that opens a door.
grant select (id, tenant_id, email, name, role, blocked_at) on dashboard.users to dashboard_reader;

insert into housekeeping.retention (table_name, keep_days, action, reason, setting, goes_with) values
    ('ticket_changes', 1095, 'delete', 'goes with its ticket', 'orders_days', 'tickets'),
    ('ticket_attempts', 1095, 'delete', 'goes with its ticket', 'orders_days', 'tickets');
