-- Host tables, first version. The same columns as migrations/postgres; only identity columns and types differ.
-- Booleans are 0 and 1, times are Unix milliseconds, structured values are JSON text.

-- Grows with each configuration change; other processes poll it.
create table host_revision (
    id integer not null primary key check (id = 1),
    revision integer not null
) strict;
insert into host_revision (id, revision) values (1, 0);

create table account (
    id text not null primary key,
    name text not null,
    name_key text not null unique, -- lower case of name
    password_hash text not null,
    role text not null,
    created_at integer not null,
    last_sign_in_at integer,
    disabled integer not null default 0 check (disabled in (0, 1))
) strict;

create table session (
    id text not null primary key,
    account text not null references account (id) on delete cascade,
    token_hash text not null unique, -- SHA-256, hex; the token itself is never stored
    kind text not null constraint session_kind check (kind in ('cookie', 'bearer')),
    created_at integer not null,
    last_seen_at integer not null,
    expires_at integer not null,
    user_agent text,
    ip text
) strict;
create index session_of_account on session (account);
create index session_expiry on session (expires_at);

create table api_key (
    id text not null primary key,
    name text not null,
    role text not null,
    key_hash text not null unique, -- SHA-256, hex
    prefix text not null,
    created_at integer not null,
    expires_at integer,
    last_used_at integer,
    revoked_at integer
) strict;

-- At most one row: the token that allows making the first account.
create table setup_token (
    id integer not null primary key check (id = 1),
    hash text not null,
    created_at integer not null
) strict;

create table audit (
    sequence integer not null primary key,
    at integer not null,
    actor text not null,
    action text not null,
    subject text not null,
    detail text not null,
    request_id text,
    outcome text not null constraint audit_outcome check (outcome in ('allowed', 'denied')),
    previous_hash text not null,
    hash text not null -- SHA-256 over previous_hash and all columns above
) strict;
create index audit_by_action on audit (action, sequence);
create index audit_by_actor on audit (actor, sequence);
create index audit_by_subject on audit (subject, sequence);

-- Last link of the chain; its row lock also puts writers in order.
create table audit_head (
    id integer not null primary key check (id = 1),
    sequence integer not null,
    hash text not null
) strict;
insert into audit_head (id, sequence, hash) values (1, 0, '');

create table mount (
    name text not null primary key,
    path text not null,
    rights text not null,
    created_at integer not null
) strict;

create table package (
    hash text not null primary key, -- SHA-256, hex
    bytes blob not null,
    size integer not null
) strict;

create table plugin (
    id text not null primary key,
    package_hash text references package (hash), -- none after an uninstall that kept the data
    version text not null,
    manifest text not null,
    enabled integer not null check (enabled in (0, 1)),
    disabled_reason text,
    installed_at integer not null,
    updated_at integer not null,
    data_retained integer not null default 0 check (data_retained in (0, 1)),
    constraint plugin_package check ((data_retained = 1) = (package_hash is null))
) strict;

create table plugin_grant (
    plugin text not null references plugin (id) on delete cascade,
    interface text not null,
    allow text not null,
    granted_by text not null,
    granted_at integer not null,
    primary key (plugin, interface)
) strict;

create table plugin_config (
    plugin text not null references plugin (id) on delete cascade,
    key text not null,
    value text not null,
    primary key (plugin, key)
) strict;

create table plugin_start (
    id integer primary key autoincrement,
    plugin text not null references plugin (id) on delete cascade,
    at integer not null,
    outcome text not null constraint plugin_start_outcome check (outcome in ('started', 'failed')),
    message text
) strict;
create index plugin_start_recent on plugin_start (plugin, at);

create table plugin_log (
    id integer primary key autoincrement,
    plugin text not null,
    at integer not null,
    level text not null,
    message text not null,
    fields text not null,
    request_id text,
    job_id text
) strict;
create index plugin_log_of_plugin on plugin_log (plugin, id);
create index plugin_log_of_job on plugin_log (job_id, id) where job_id is not null;

-- Batches of plugin databases whose jobs and events are already in the tables below.
create table outbox_applied (
    id text not null primary key,
    plugin text not null,
    at integer not null
) strict;

create table event (
    sequence integer primary key autoincrement,
    topic text not null,
    source text,
    target text,
    payload text not null,
    at integer not null
) strict;
create index event_age on event (at);

create table event_cursor (
    plugin text not null primary key,
    position integer not null
) strict;

create table event_retry (
    plugin text not null,
    sequence integer not null references event (sequence) on delete cascade,
    not_before integer not null,
    attempts integer not null,
    primary key (plugin, sequence)
) strict;
create index event_retry_due on event_retry (plugin, not_before);
create index event_retry_sequence on event_retry (sequence);

-- Newest event of a topic, publisher and key, for those who subscribe later. Source '' is the host.
create table retained (
    topic text not null,
    source text not null,
    key text not null,
    target text,
    payload text not null,
    sequence integer not null,
    at integer not null,
    primary key (topic, source, key)
) strict;

create table notice (
    id text not null primary key,
    key text not null,
    severity text not null constraint notice_severity check (severity in ('info', 'warning', 'error')),
    title text not null,
    message text not null,
    plugin text,
    action text,
    count integer not null,
    first_at integer not null,
    last_at integer not null,
    dismissed_at integer
) strict;
create unique index notice_key on notice (key) where dismissed_at is null;
create index notice_age on notice (last_at);

create table setting (
    key text not null primary key,
    value text not null
) strict;

create table lane (
    name text not null primary key, -- <plugin>/<lane>
    max_leased integer not null check (max_leased >= 0),
    paused integer not null default 0 check (paused in (0, 1))
) strict;

create table job (
    seq integer primary key autoincrement,
    id text not null unique,
    plugin text not null,
    kind text not null,
    payload text not null,
    lane text not null references lane (name),
    priority integer not null constraint job_priority check (priority between 1 and 9),
    state text not null constraint job_state check (state in ('available', 'leased', 'blocked', 'succeeded', 'failed', 'cancelled')),
    run_at integer not null,
    attempt integer not null default 0,
    max_attempts integer not null,
    fence integer not null default 0,
    losses integer not null default 0, -- leases lost in a row with no checkpoint saved between
    lease_owner text,
    lease_until integer,
    cancel_requested_at integer,
    checkpoint blob,
    progress text not null default '{}',
    waits_for text,
    resumed_by text,
    unique_key text,
    error text,
    result text,
    created_at integer not null,
    started_at integer,
    finished_at integer,
    constraint job_lease check ((state = 'leased') = (lease_owner is not null) and (lease_owner is null) = (lease_until is null)),
    constraint job_finished check ((state in ('succeeded', 'failed', 'cancelled')) = (finished_at is not null)),
    constraint job_waits check ((state = 'blocked') = (waits_for is not null))
) strict;
-- At most one unfinished job of a kind and key.
create unique index job_plugin_kind_unique_key on job (plugin, kind, unique_key)
    where unique_key is not null and state in ('available', 'leased', 'blocked');
create index job_fetch on job (lane, priority desc, seq) where state = 'available';
create index job_lease_end on job (lease_until) where state = 'leased';
create index job_leased_in_lane on job (lane) where state = 'leased';
create index job_waiting on job (waits_for) where state = 'blocked';
create index job_of_plugin on job (plugin, seq);
create index job_by_state on job (state, seq);
create index job_end on job (finished_at) where finished_at is not null;

create table job_attempt (
    job_id text not null references job (id) on delete cascade,
    fence integer not null,
    owner text not null,
    started_at integer not null,
    ended_at integer,
    outcome text,
    message text,
    primary key (job_id, fence)
) strict;

create table job_log (
    id integer primary key autoincrement,
    job_id text not null references job (id) on delete cascade,
    at integer not null,
    level text not null,
    message text not null
) strict;
create index job_log_of_job on job_log (job_id, id);

-- Things that one host at a time does, for example the delivery of events to a plugin.
create table lease (
    name text not null primary key,
    owner text not null,
    until integer not null
) strict;

create table schedule (
    plugin text not null,
    name text not null,
    kind text not null,
    payload text not null,
    lane text not null, -- without the plugin's prefix
    max_attempts integer not null,
    cron text,
    every_secs integer,
    next_at integer not null,
    last_at integer,
    last_job text,
    primary key (plugin, name),
    constraint schedule_rhythm check ((cron is null) <> (every_secs is null))
) strict;
create index schedule_due on schedule (next_at);

create table operation (
    id text not null primary key,
    plugin text not null,
    kind text not null,
    arguments text not null,
    state text not null constraint operation_state check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    done_bytes integer not null default 0,
    total_bytes integer not null default 0,
    current_item text,
    checkpoint text,
    result text,
    error text,
    created_at integer not null,
    finished_at integer,
    cancel_requested_at integer,
    fence integer not null default 0,
    losses integer not null default 0, -- leases lost in a row with no checkpoint saved between
    owner text,
    lease_until integer,
    constraint operation_lease check ((state = 'running') = (owner is not null) and (owner is null) = (lease_until is null)),
    constraint operation_finished check ((state in ('succeeded', 'failed', 'cancelled')) = (finished_at is not null))
) strict;
create index operation_queue on operation (created_at) where state = 'queued';
create index operation_lease_end on operation (lease_until) where state = 'running';
create index operation_of_plugin on operation (plugin, created_at);
create index operation_end on operation (finished_at) where finished_at is not null;
