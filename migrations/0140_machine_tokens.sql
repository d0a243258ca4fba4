-- Programs of the shop's other systems come in by tokens of their own, not as people.

create table dashboard.machine_tokens (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    name text not null,
    -- SHA-256 of what was shown once: who reads this table can be nobody with it.
    token_hash text not null,
    -- 'calls:read', 'tickets:write', …
    may text[] not null,
    last_used_at timestamptz,
    last_address text,
    revoked_at timestamptz,
    created_at timestamptz not null default now(),
    constraint machine_tokens_pkey primary key (id),
    constraint machine_tokens_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint machine_tokens_tenant_id_id_key unique (tenant_id, id),
    constraint machine_tokens_token_hash_key unique (token_hash),
    constraint machine_tokens_token_hash_check check (token_hash ~ '^[0-9a-f]{64}$'),
    constraint machine_tokens_name_check check (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    constraint machine_tokens_may_check check (cardinality(may) > 0)
);
-- The name of a revoked token may be given again.
create unique index machine_tokens_name_key on dashboard.machine_tokens (tenant_id, name)
    where revoked_at is null;

-- What was answered to a request with an Idempotency-Key: the same request gets the same answer.
create table dashboard.api_answers (
    tenant_id uuid not null,
    token_id uuid not null,
    key text not null,
    -- SHA-256 of method, path and body.
    request_hash text not null,
    -- 0 while the first request is being worked on; nobody else sees such a row.
    status smallint not null default 0,
    answer jsonb not null default '{}',
    created_at timestamptz not null default now(),
    constraint api_answers_pkey primary key (token_id, key),
    constraint api_answers_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint api_answers_token_id_fkey foreign key (tenant_id, token_id)
        references dashboard.machine_tokens (tenant_id, id) on delete cascade,
    constraint api_answers_request_hash_check check (request_hash ~ '^[0-9a-f]{64}$')
);
create index api_answers_created_at_idx on dashboard.api_answers (tenant_id, created_at);

do $$
declare
    guarded text;
    own constant text := 'tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
begin
    foreach guarded in array array['machine_tokens', 'api_answers'] loop
        execute format('alter table dashboard.%I enable row level security', guarded);
        execute format('alter table dashboard.%I force row level security', guarded);
        execute format('create policy %I on dashboard.%I using (%s)', guarded || '_tenant', guarded, own);
        execute format('grant select, insert, update, delete on dashboard.%I to treadline_app', guarded);
    end loop;
end
$$;
-- Whose a token is, is not known before it was found.
create policy machine_tokens_door on dashboard.machine_tokens
    using (current_setting('app.desk', true) = 'door');

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('dashboard.machine_tokens', null, 'keep', 'who came in by what stays known'),
    ('dashboard.api_answers', 2, 'expire', 'a program repeats a request within minutes or hours');
