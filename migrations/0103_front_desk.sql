-- Tickets, wishes, identities, and the shop's other systems.

create table customer_identities (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    customer_id uuid not null,
    -- 'telegram', 'whatsapp', 'email', …
    kind text not null,
    value text not null,
    created_at timestamptz not null default now(),
    constraint customer_identities_pkey primary key (id),
    constraint customer_identities_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint customer_identities_customer_id_fkey foreign key (tenant_id, customer_id)
        references customers (tenant_id, id) on delete cascade,
    constraint customer_identities_value_key unique (tenant_id, kind, value),
    constraint customer_identities_kind_check check (kind ~ '^[a-z][a-z0-9_]{0,31}$'),
    constraint customer_identities_value_check check (value <> '')
);
create index customer_identities_customer_id_idx on customer_identities (customer_id);

create table tickets (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    title text not null,
    description text,
    -- 'callback', 'restock', 'freed_slot', 'after_hours', …
    ticket_type text not null default 'request',
    status text not null default 'open',
    priority text not null default 'medium',
    source text,
    -- Users of the desk.
    assigned_to uuid,
    created_by_id uuid,
    customer_id uuid,
    -- The number to phone.
    phone text,
    -- False if the number was only spoken.
    phone_verified boolean not null default false,
    call_id uuid,
    call_started_at timestamptz,
    due_at timestamptz,
    -- The same request again is this ticket.
    effect_key text,
    metadata_json jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint tickets_pkey primary key (id),
    constraint tickets_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint tickets_tenant_id_id_key unique (tenant_id, id),
    constraint tickets_customer_id_fkey foreign key (tenant_id, customer_id)
        references customers (tenant_id, id) on delete set null (customer_id),
    constraint tickets_effect_key_key unique (tenant_id, effect_key),
    constraint tickets_title_check check (title <> '' and length(title) <= 255),
    constraint tickets_ticket_type_check check (ticket_type ~ '^[a-z][a-z0-9_]{0,31}$'),
    constraint tickets_status_check check (status in (
        'open', 'in_progress', 'pending_customer', 'escalated', 'resolved', 'closed', 'reopened')),
    constraint tickets_priority_check check (priority in ('low', 'medium', 'high', 'urgent'))
);
create index ix_tickets_tenant_status on tickets (tenant_id, status);
create index ix_tickets_updated_at on tickets (updated_at);
create index ix_tickets_call_id on tickets (call_id);
create index ix_tickets_customer_id on tickets (customer_id);

create table ticket_messages (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    ticket_id uuid not null,
    role text not null,
    content text not null,
    metadata_json jsonb not null default '{}',
    created_at timestamptz not null default now(),
    constraint ticket_messages_pkey primary key (id),
    constraint ticket_messages_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint ticket_messages_ticket_id_fkey foreign key (tenant_id, ticket_id)
        references tickets (tenant_id, id) on delete cascade,
    constraint ticket_messages_role_check
        check (role in ('user', 'assistant', 'operator', 'system'))
);
create index ix_messages_ticket_id on ticket_messages (ticket_id);
create index ix_messages_created_at on ticket_messages (created_at);

create table wishlist (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    customer_id uuid,
    -- The number to tell.
    phone text not null,
    phone_verified boolean not null default false,
    item_type text not null,
    -- A canonical size ("205/55 R16"), or a station's code and a day ("100201 2026-11-24").
    item_id text not null,
    source text,
    comment text,
    status text not null default 'pending',
    -- For a size the season, if one was named; for a slot station and day apart.
    meta jsonb not null default '{}',
    call_id uuid,
    ticket_id uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    processed_at timestamptz,
    constraint wishlist_pkey primary key (id),
    constraint wishlist_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint wishlist_customer_id_fkey foreign key (tenant_id, customer_id)
        references customers (tenant_id, id) on delete set null (customer_id),
    constraint wishlist_ticket_id_fkey foreign key (tenant_id, ticket_id)
        references tickets (tenant_id, id) on delete set null (ticket_id),
    constraint wishlist_item_type_check check (item_type in ('size', 'slot')),
    constraint wishlist_status_check
        check (status in ('pending', 'converted', 'cancelled', 'expired')),
    constraint wishlist_processed_check check ((status = 'pending') = (processed_at is null))
);
-- One wish of a number stands once.
create unique index wishlist_pending_key
    on wishlist (tenant_id, phone, item_type, item_id, (coalesce(meta ->> 'season', '')))
    where status = 'pending';
create index idx_wishlist_tenant_pending on wishlist (tenant_id, item_type, item_id)
    where status = 'pending';

create table external_refs (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    -- 'order', 'booking', 'ticket', 'customer', 'product', …
    kind text not null,
    local_id uuid not null,
    system text not null,
    external_id text not null,
    external_url text,
    metadata jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint external_refs_pkey primary key (id),
    constraint external_refs_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint external_refs_external_id_key unique (tenant_id, system, kind, external_id),
    constraint external_refs_kind_check check (kind ~ '^[a-z][a-z0-9_]{0,31}$'),
    constraint external_refs_system_check check (system <> ''),
    constraint external_refs_external_id_check check (external_id <> '')
);
create index external_refs_local_id_idx on external_refs (local_id);

create table integration_sync_logs (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    system text not null,
    direction text not null,
    status text not null,
    records_processed integer not null default 0,
    error_message text,
    started_at timestamptz not null,
    completed_at timestamptz,
    metadata_json jsonb not null default '{}',
    constraint integration_sync_logs_pkey primary key (id),
    constraint integration_sync_logs_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint integration_sync_logs_direction_check check (direction in ('inbound', 'outbound')),
    constraint integration_sync_logs_status_check
        check (status in ('pending', 'running', 'success', 'failed')),
    constraint integration_sync_logs_records_check check (records_processed >= 0)
);
create index integration_sync_logs_started_at_idx
    on integration_sync_logs (tenant_id, started_at desc);

-- Each sentence that the guard of claims judged before it was spoken. By month like the calls.
create table eval_results (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    call_id uuid not null,
    call_started_at timestamptz not null,
    turn_number integer not null,
    -- Within the call, from 1.
    seq bigint not null,
    verdict text not null,
    confidence double precision,
    reason text,
    evidence jsonb not null default '{}',
    sentence text not null default '',
    created_at timestamptz not null default now(),
    constraint eval_results_pkey primary key (id, call_started_at),
    constraint eval_results_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint eval_results_seq_key unique (call_started_at, call_id, seq),
    constraint eval_results_turn_number_check check (turn_number >= 0),
    constraint eval_results_verdict_check
        check (verdict in ('send', 'rephrase', 'withhold', 'draft', 'escalate')),
    constraint eval_results_confidence_check check (confidence between 0 and 1)
) partition by range (call_started_at);
create index idx_eval_results_call_id on eval_results (call_id);
create index idx_eval_results_verdict on eval_results (tenant_id, verdict, call_started_at);
create table eval_results_default partition of eval_results default;

do $$
declare
    guarded text;
begin
    foreach guarded in array array[
        'customer_identities', 'tickets', 'ticket_messages', 'wishlist', 'external_refs',
        'integration_sync_logs', 'eval_results'
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
grant select on eval_results to dashboard_reader;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('customer_identities', null, 'keep', 'goes with its customer'),
    ('tickets', 1095, 'delete', 'as long as orders do'),
    ('ticket_messages', 1095, 'delete', 'goes with its ticket'),
    ('wishlist', 365, 'delete', 'nobody waits for a tyre longer'),
    ('external_refs', null, 'keep', 'goes with what it names'),
    ('integration_sync_logs', 365, 'delete', 'explains where the catalogue came from'),
    ('eval_results', 90, 'drop_month', 'what the agent would have said');
