-- Three roles and the shops.
--
-- owner:            whoever runs the migrations; owns every table.
-- treadline_app:    the program at work. Not the owner and not a superuser, so that row security
--                   binds it. It cannot log in: the pool logs in and then does `set role`.
-- dashboard_reader: reads the call tables, writes nothing.
--
-- Roles belong to the whole server, so another database on it may have made them already, even at
-- this very moment.

do $$
declare
    wanted text;
begin
    foreach wanted in array array['treadline_app', 'dashboard_reader'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin', wanted);
            exception
                when duplicate_object or unique_violation then
                    null;
                when insufficient_privilege then
                    raise exception 'the role % is missing and % may not create it', wanted, current_user
                        using hint = format(
                            'As a superuser run: create role %I nologin; grant %I to %I;',
                            wanted, wanted, current_user);
            end;
        end if;
    end loop;
end
$$;

do $$
declare
    may_become boolean;
begin
    if current_setting('server_version_num')::int >= 160000 then
        may_become := pg_has_role(current_user, 'treadline_app', 'SET');
    else
        may_become := pg_has_role(current_user, 'treadline_app', 'MEMBER');
    end if;
    if not may_become then
        begin
            execute format('grant treadline_app to %I', current_user);
        exception when insufficient_privilege then
            raise exception '% may not become treadline_app', current_user
                using hint = format('As a superuser run: grant treadline_app to %I;', current_user);
        end;
    end if;
end
$$;

-- Fuzzy search over Cyrillic names, and "one post, one car at a time" as a constraint.
create extension if not exists pg_trgm;
create extension if not exists btree_gist;

grant usage on schema public to treadline_app, dashboard_reader;

create table tenants (
    id uuid not null default gen_random_uuid(),
    name text not null,
    slug text not null,
    is_active boolean not null default true,
    -- Never a token: only the name of the environment variable that holds one.
    metadata jsonb not null default '{}',
    timezone text not null default 'Europe/Kyiv',
    -- The numbers of this shop: the called number decides the tenant.
    called_numbers text[] not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint tenants_pkey primary key (id),
    constraint tenants_slug_key unique (slug),
    constraint tenants_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    constraint tenants_metadata_check check (jsonb_typeof(metadata) = 'object')
);
create index tenants_called_numbers_idx on tenants using gin (called_numbers);

insert into tenants (id, name, slug)
values ('00000000-0000-0000-0000-000000000001', 'Treadline Tyres', 'default');

-- The program must find the tenant of a called number before it knows a tenant, so it may read
-- all of them. It may change none.
alter table tenants enable row level security;
alter table tenants force row level security;
create policy tenants_read on tenants for select using (true);
create policy tenants_own on tenants
    using (id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select on tenants to treadline_app, dashboard_reader;

-- What concerns the installation and no single shop.
create schema housekeeping;
grant usage on schema housekeeping to treadline_app;

-- How long rows live. Every table has a line here; a test fails for one that has not.
create table housekeeping.retention (
    table_name text not null,
    -- Null: kept for good.
    keep_days integer,
    action text not null,
    reason text not null,
    constraint retention_pkey primary key (table_name),
    constraint retention_keep_days_check check (keep_days > 0),
    constraint retention_action_check
        check (action in ('keep', 'drop_month', 'anonymise', 'delete', 'expire')),
    constraint retention_kept_check check ((action = 'keep') = (keep_days is null))
);
grant select on housekeeping.retention to treadline_app;

insert into housekeeping.retention (table_name, keep_days, action, reason)
values ('tenants', null, 'keep', 'the shops themselves');
