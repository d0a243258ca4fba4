-- The knowledge base: articles, cut into chunks that can be found by words and by meaning.
--
-- Words: Postgres has no stemmer for Ukrainian, and its Russian one knows nothing of the other two
-- languages of this line. So the program computes stems of its own (src/language/stems), in which
-- "перевзутися", "переобуться" and "change tyres" are one, and stores them: `stems` answers which
-- chunks hold a word, `stem_text` with trigrams finds what a recogniser misheard.
--
-- Meaning: one vector a chunk, made by `model`; shorter vectors are filled up with zeros, which
-- leaves their cosine as it is. HNSW and not ivfflat: it needs no training on rows that are there
-- already, so it is right from the first article on, and a few hundred chunks cost it nothing.

do $$
begin
    if exists (select from pg_available_extensions where name = 'vector') then
        create extension if not exists vector;
    else
        raise notice 'pgvector is not installed: the knowledge base is searched by words only';
    end if;
exception when insufficient_privilege then
    raise exception 'the extension vector is missing and % may not create it', current_user
        using hint = 'As a superuser run in this database: create extension vector;';
end
$$;

create table knowledge_articles (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    -- The name of the matter, the same in all languages and versions.
    slug text not null,
    language text not null,
    title text not null,
    category text not null,
    content text not null,
    content_hash text not null,
    version integer not null default 1,
    -- A file, an address, 'starter'.
    source text not null,
    -- Only approved articles are told to callers.
    review_state text not null default 'draft',
    active boolean not null default true,
    metadata jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint knowledge_articles_pkey primary key (id),
    constraint knowledge_articles_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint knowledge_articles_tenant_id_id_key unique (tenant_id, id),
    constraint knowledge_articles_slug_key unique (tenant_id, slug, language),
    constraint knowledge_articles_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
    constraint knowledge_articles_language_check check (language in ('uk', 'ru', 'en')),
    constraint knowledge_articles_title_check check (title <> '' and length(title) <= 200),
    constraint knowledge_articles_category_check check (category in (
        'tyres', 'sizes', 'seasons', 'fitting', 'balancing', 'storage', 'delivery', 'payment',
        'warranty', 'returns', 'safety', 'general')),
    constraint knowledge_articles_content_check
        check (content <> '' and length(content) <= 100000),
    constraint knowledge_articles_content_hash_check check (content_hash ~ '^[0-9a-f]{64}$'),
    constraint knowledge_articles_version_check check (version >= 1),
    constraint knowledge_articles_review_state_check
        check (review_state in ('draft', 'approved', 'rejected'))
);
create index knowledge_articles_category_idx on knowledge_articles (tenant_id, category);

create table knowledge_embeddings (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    article_id uuid not null,
    chunk_index integer not null,
    chunk_text text not null,
    chunk_hash text not null,
    -- The different stems of title, heading and text; those of the heading alone.
    stems text[] not null,
    heading_stems text[] not null default '{}',
    stem_text text not null,
    -- What made the vector; null while there is none.
    model text,
    source text not null,
    -- The version of the article with which this chunk came.
    version integer not null default 1,
    is_current boolean not null default true,
    archived_at timestamptz,
    metadata jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint knowledge_embeddings_pkey primary key (id),
    constraint knowledge_embeddings_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint knowledge_embeddings_article_id_fkey foreign key (tenant_id, article_id)
        references knowledge_articles (tenant_id, id) on delete cascade,
    constraint knowledge_embeddings_chunk_index_check check (chunk_index >= 0),
    constraint knowledge_embeddings_chunk_text_check check (chunk_text <> ''),
    constraint knowledge_embeddings_chunk_hash_check check (chunk_hash ~ '^[0-9a-f]{64}$'),
    constraint knowledge_embeddings_version_check check (version >= 1),
    constraint knowledge_embeddings_archived_check check (is_current = (archived_at is null))
);

-- Without pgvector the column is a plain array that stays empty. Whoever installs it later:
--   create extension vector;
--   alter table knowledge_embeddings alter column embedding type vector(1536)
--       using embedding::vector(1536);
-- and the index below.
do $$
begin
    if to_regtype('vector') is null then
        alter table knowledge_embeddings add column embedding real[];
    else
        alter table knowledge_embeddings add column embedding vector(1536);
        create index idx_knowledge_embeddings_vector on knowledge_embeddings
            using hnsw (embedding vector_cosine_ops) where is_current;
    end if;
end
$$;
alter table knowledge_embeddings
    add constraint knowledge_embeddings_model_check check ((model is null) = (embedding is null));

-- The same text stands once in the current version of an article; old versions stay beside it.
create unique index knowledge_embeddings_current_key
    on knowledge_embeddings (tenant_id, article_id, chunk_hash) where is_current;
create index ix_kb_tenant_source on knowledge_embeddings (tenant_id, source);
create index idx_knowledge_embeddings_article_id on knowledge_embeddings (article_id);
create index idx_knowledge_embeddings_stems on knowledge_embeddings using gin (stems)
    where is_current;
create index idx_knowledge_embeddings_trigrams on knowledge_embeddings
    using gin (stem_text gin_trgm_ops) where is_current;

do $$
declare
    guarded text;
begin
    foreach guarded in array array['knowledge_articles', 'knowledge_embeddings'] loop
        execute format('alter table %I enable row level security', guarded);
        execute format('alter table %I force row level security', guarded);
        execute format(
            'create policy %I on %I using (tenant_id = nullif(current_setting(%L, true), %L)::uuid)',
            guarded || '_tenant', guarded, 'app.tenant_id', '');
        execute format('grant select, insert, update, delete on %I to treadline_app', guarded);
        execute format('grant select on %I to dashboard_reader', guarded);
    end loop;
end
$$;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('knowledge_articles', null, 'keep', 'what the shop knows; nothing personal'),
    ('knowledge_embeddings', null, 'keep', 'goes with its article; old versions explain answers');
