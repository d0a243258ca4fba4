-- The desk's doors: who may come in, who is in, and who did what.
--
-- The program looks a person up before it knows a shop. Such a transaction says so by
-- app.desk = 'door'; it sees the people of all shops and nothing else of them. Every other
-- transaction sees its own shop's people only.

-- The desk reads calls as dashboard_reader, which writes nothing there.
do $$
declare
    may_become boolean;
begin
    if current_setting('server_version_num')::int >= 160000 then
        may_become := pg_has_role(current_user, 'dashboard_reader', 'SET');
    else
        may_become := pg_has_role(current_user, 'dashboard_reader', 'MEMBER');
    end if;
    if not may_become then
        begin
            execute format('grant dashboard_reader to %I', current_user);
        exception when insufficient_privilege then
            raise exception '% may not become dashboard_reader', current_user
                using hint = format('As a superuser run: grant dashboard_reader to %I;', current_user);
        end;
    end if;
end
$$;

create table dashboard.users (
    id uuid not null default gen_random_uuid(),
    -- Null: every shop. Only a super_admin's is.
    tenant_id uuid,
    -- In lower case; one person, one account, whatever the shop.
    email text not null,
    name text not null default '',
    role text not null,
    -- Null until the one-time link was used.
    password_hash text,
    tongue text not null default 'uk',
    scheme text not null default 'auto',
    blocked_at timestamptz,
    seen_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint users_pkey primary key (id),
    constraint users_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint users_email_key unique (email),
    constraint users_email_check
        check (email = lower(email) and email ~ '^[^@\s]+@[^@\s]+$' and length(email) <= 254),
    constraint users_name_check check (length(name) <= 120),
    constraint users_role_check
        check (role in ('super_admin', 'admin', 'operator', 'analyst')),
    constraint users_tenant_check check ((tenant_id is null) = (role = 'super_admin')),
    constraint users_password_hash_check check (password_hash like '$argon2id$%'),
    constraint users_tongue_check check (tongue in ('uk', 'en')),
    constraint users_scheme_check check (scheme in ('auto', 'light', 'dark'))
);
create index users_tenant_id_idx on dashboard.users (tenant_id);

create table dashboard.sessions (
    -- SHA-256 of what the browser holds: who reads this table can be nobody with it.
    token_hash text not null,
    -- The shop that is being looked at.
    tenant_id uuid not null,
    user_id uuid not null,
    remembered boolean not null default false,
    address text,
    agent text,
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null,
    constraint sessions_pkey primary key (token_hash),
    constraint sessions_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint sessions_user_id_fkey foreign key (user_id)
        references dashboard.users (id) on delete cascade,
    constraint sessions_token_hash_check check (token_hash ~ '^[0-9a-f]{64}$')
);
create index sessions_user_id_idx on dashboard.sessions (user_id);
create index sessions_expires_at_idx on dashboard.sessions (expires_at);

create table dashboard.one_time_tokens (
    token_hash text not null,
    -- 'first_admin' makes the first user; the others belong to one.
    purpose text not null,
    user_id uuid,
    expires_at timestamptz not null,
    used_at timestamptz,
    created_at timestamptz not null default now(),
    constraint one_time_tokens_pkey primary key (token_hash),
    constraint one_time_tokens_user_id_fkey foreign key (user_id)
        references dashboard.users (id) on delete cascade,
    constraint one_time_tokens_purpose_check
        check (purpose in ('first_admin', 'set_password', 'sign_in')),
    constraint one_time_tokens_user_check check ((user_id is null) = (purpose = 'first_admin')),
    constraint one_time_tokens_token_hash_check check (token_hash ~ '^[0-9a-f]{64}$')
);
create index one_time_tokens_user_id_idx on dashboard.one_time_tokens (user_id);

create table dashboard.login_attempts (
    id bigint not null generated always as identity,
    -- SHA-256 of the e-mail that was typed.
    account_hash text not null,
    address text not null,
    at timestamptz not null,
    constraint login_attempts_pkey primary key (id)
);
create index login_attempts_account_hash_idx on dashboard.login_attempts (account_hash, at);
create index login_attempts_address_idx on dashboard.login_attempts (address, at);

create table dashboard.audit_log (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    -- Null: the command line.
    user_id uuid,
    -- Who, in words that stay when the account goes.
    actor text not null,
    -- 'transcript.read', 'user.added', …
    action text not null,
    object_kind text not null,
    object_id text not null,
    before jsonb,
    after jsonb,
    address text,
    at timestamptz not null,
    constraint audit_log_pkey primary key (id),
    constraint audit_log_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint audit_log_action_check check (action ~ '^[a-z_]+\.[a-z_]+$')
);
create index audit_log_at_idx on dashboard.audit_log (tenant_id, at desc);
create index audit_log_object_idx on dashboard.audit_log (tenant_id, object_kind, object_id);

do $$
declare
    guarded text;
    own constant text := 'tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
    door constant text := 'current_setting(''app.desk'', true) = ''door''';
begin
    foreach guarded in array array[
        'users', 'sessions', 'one_time_tokens', 'login_attempts', 'audit_log'
    ] loop
        execute format('alter table dashboard.%I enable row level security', guarded);
        execute format('alter table dashboard.%I force row level security', guarded);
    end loop;
    -- Who is who is decided at the door alone; a shop may see its own people.
    execute format('create policy users_door on dashboard.users using (%s)', door);
    execute format('create policy users_tenant on dashboard.users for select using (%s)', own);
    foreach guarded in array array['sessions', 'one_time_tokens', 'login_attempts'] loop
        execute format('create policy %I on dashboard.%I using (%s)', guarded || '_door', guarded, door);
        execute format('grant select, insert, update, delete on dashboard.%I to treadline_app', guarded);
    end loop;
    -- What was noted stays as it was noted, and goes only when it is old.
    execute format('create policy audit_log_read on dashboard.audit_log for select using (%s)', own);
    execute format(
        'create policy audit_log_write on dashboard.audit_log for insert with check (%s)', own);
    execute format(
        'create policy audit_log_expire on dashboard.audit_log for delete using '
        '(%s and at < now() - interval ''365 days'')', own);
end
$$;
grant select, insert, update, delete on dashboard.users to treadline_app;
grant select, insert, delete on dashboard.audit_log to treadline_app;

-- What a call led to, for its page.
grant select on orders, order_items, fitting_stations, approvals to dashboard_reader;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('dashboard.users', null, 'keep', 'the people of the desk'),
    ('dashboard.sessions', 30, 'expire', 'a device is remembered for a month'),
    ('dashboard.one_time_tokens', 30, 'expire', 'used or expired long before'),
    ('dashboard.login_attempts', 7, 'expire', 'limits look back a quarter of an hour'),
    ('dashboard.audit_log', 1095, 'expire', 'as long as the orders that it speaks of');

-- Whoever is forgotten is forgotten in the desk's tables too.
create or replace function housekeeping.text_columns()
returns table (tab regclass, col name, kind text)
language sql stable
set search_path = pg_catalog
as $$
    select c.oid::regclass, a.attname,
           case a.atttypid when 'jsonb'::regtype then 'jsonb' when 'json'::regtype then 'json'
               when 'text[]'::regtype then 'text[]' else 'text' end
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname in ('public', 'housekeeping', 'dashboard') and c.relkind in ('r', 'p')
      and not c.relispartition and c.relname <> '_sqlx_migrations'
      and a.attgenerated = ''
      and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype,
          'json'::regtype, 'jsonb'::regtype, 'text[]'::regtype)
    order by 1, 2
$$;
