-- Every version of an article stays as it was written. A trigger keeps them, so that no way of
-- writing an article can forget it.

create table knowledge_versions (
    tenant_id uuid not null,
    article_id uuid not null,
    version integer not null,
    title text not null,
    category text not null,
    content text not null,
    source text not null,
    created_at timestamptz not null default now(),
    constraint knowledge_versions_pkey primary key (article_id, version),
    constraint knowledge_versions_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint knowledge_versions_article_id_fkey foreign key (tenant_id, article_id)
        references knowledge_articles (tenant_id, id) on delete cascade,
    constraint knowledge_versions_version_check check (version >= 1)
);

create function housekeeping.keep_knowledge_version()
returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
    insert into knowledge_versions (
        tenant_id, article_id, version, title, category, content, source)
    values (new.tenant_id, new.id, new.version, new.title, new.category, new.content, new.source)
    on conflict (article_id, version) do nothing;
    return null;
end
$$;
create trigger knowledge_articles_keep_first after insert on knowledge_articles
    for each row execute function housekeeping.keep_knowledge_version();
create trigger knowledge_articles_keep_version after update of version on knowledge_articles
    for each row when (old.version <> new.version)
    execute function housekeeping.keep_knowledge_version();

-- What was written before there were versions is the one that stands.
insert into knowledge_versions (
    tenant_id, article_id, version, title, category, content, source, created_at)
select tenant_id, id, version, title, category, content, source, updated_at
from knowledge_articles;

alter table knowledge_versions enable row level security;
alter table knowledge_versions force row level security;
create policy knowledge_versions_tenant on knowledge_versions
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, update, delete on knowledge_versions to treadline_app;
grant select on knowledge_versions to dashboard_reader;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('knowledge_versions', null, 'keep', 'what callers were told, and when');
