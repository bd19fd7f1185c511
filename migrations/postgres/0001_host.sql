-- Host tables, first version. The same columns as migrations/sqlite; only identity columns and types differ.
-- Booleans are 0 and 1, times are Unix milliseconds, structured values are JSON text.
-- Unique constraints are named <table>_<columns>, the name SQLite's messages are turned into.

-- Grows with each configuration change; other processes poll it.
create table host_revision (
    id bigint not null primary key check (id = 1),
    revision bigint not null
);
insert into host_revision (id, revision) values (1, 0);

create table account (
    id text not null constraint account_id primary key,
    name text not null,
    name_key text not null constraint account_name_key unique, -- lower case of name
    password_hash text not null,
    role text not null,
    created_at bigint not null,
    last_sign_in_at bigint,
    disabled bigint not null default 0 check (disabled in (0, 1))
);

create table session (
    id text not null constraint session_id primary key,
    account text not null references account (id) on delete cascade,
    token_hash text not null constraint session_token_hash unique, -- SHA-256, hex; the token itself is never stored
    kind text not null constraint session_kind check (kind in ('cookie', 'bearer')),
    created_at bigint not null,
    last_seen_at bigint not null,
    expires_at bigint not null,
    user_agent text,
    ip text
);
create index session_of_account on session (account);
create index session_expiry on session (expires_at);

create table api_key (
    id text not null constraint api_key_id primary key,
    name text not null,
    role text not null,
    key_hash text not null constraint api_key_key_hash unique, -- SHA-256, hex
    prefix text not null,
    created_at bigint not null,
    expires_at bigint,
    last_used_at bigint,
    revoked_at bigint
);

-- At most one row: the token that allows making the first account.
create table setup_token (
    id bigint not null primary key check (id = 1),
    hash text not null,
    created_at bigint not null
);

create table audit (
    sequence bigint not null primary key,
    at bigint not null,
    actor text not null,
    action text not null,
    subject text not null,
    detail text not null,
    request_id text,
    outcome text not null constraint audit_outcome check (outcome in ('allowed', 'denied')),
    previous_hash text not null,
    hash text not null -- SHA-256 over previous_hash and all columns above
);
create index audit_by_action on audit (action, sequence);
create index audit_by_actor on audit (actor, sequence);
create index audit_by_subject on audit (subject, sequence);

-- Last link of the chain; its row lock also puts writers in order.
create table audit_head (
    id bigint not null primary key check (id = 1),
    sequence bigint not null,
    hash text not null
);
insert into audit_head (id, sequence, hash) values (1, 0, '');

create table mount (
    name text not null constraint mount_name primary key,
    path text not null,
    rights text not null,
    created_at bigint not null
);

create table package (
    hash text not null constraint package_hash primary key, -- SHA-256, hex
    bytes bytea not null,
    size bigint not null
);

create table plugin (
    id text not null constraint plugin_id primary key,
    package_hash text references package (hash), -- none after an uninstall that kept the data
    version text not null,
    manifest text not null,
    enabled bigint not null check (enabled in (0, 1)),
    disabled_reason text,
    installed_at bigint not null,
    updated_at bigint not null,
    data_retained bigint not null default 0 check (data_retained in (0, 1)),
    constraint plugin_package check ((data_retained = 1) = (package_hash is null))
);

create table plugin_grant (
    plugin text not null references plugin (id) on delete cascade,
    interface text not null,
    allow text not null,
    granted_by text not null,
    granted_at bigint not null,
    constraint plugin_grant_plugin_interface primary key (plugin, interface)
);

create table plugin_config (
    plugin text not null references plugin (id) on delete cascade,
    key text not null,
    value text not null,
    constraint plugin_config_plugin_key primary key (plugin, key)
);

create table plugin_start (
    id bigint generated always as identity primary key,
    plugin text not null references plugin (id) on delete cascade,
    at bigint not null,
    outcome text not null constraint plugin_start_outcome check (outcome in ('started', 'failed')),
    message text
);
create index plugin_start_recent on plugin_start (plugin, at);

create table plugin_log (
    id bigint generated always as identity primary key,
    plugin text not null,
    at bigint not null,
    level text not null,
    message text not null,
    fields text not null,
    request_id text,
    job_id text
);
create index plugin_log_of_plugin on plugin_log (plugin, id);
create index plugin_log_of_job on plugin_log (job_id, id) where job_id is not null;

-- Batches of plugin databases whose jobs and events are already in the tables below.
create table outbox_applied (
    id text not null constraint outbox_applied_id primary key,
    plugin text not null,
    at bigint not null
);

create table event (
    sequence bigint generated always as identity primary key,
    topic text not null,
    source text,
    target text,
    payload text not null,
    at bigint not null
);
create index event_age on event (at);

create table event_cursor (
    plugin text not null constraint event_cursor_plugin primary key,
    position bigint not null
);

create table event_retry (
    plugin text not null,
    sequence bigint not null references event (sequence) on delete cascade,
    not_before bigint not null,
    attempts bigint not null,
    constraint event_retry_plugin_sequence primary key (plugin, sequence)
);
create index event_retry_due on event_retry (plugin, not_before);
create index event_retry_sequence on event_retry (sequence);

-- Newest event of a topic, publisher and key, for those who subscribe later. Source '' is the host.
create table retained (
    topic text not null,
    source text not null,
    key text not null,
    target text,
    payload text not null,
    sequence bigint not null,
    at bigint not null,
    constraint retained_topic_source_key primary key (topic, source, key)
);

create table notice (
    id text not null constraint notice_id primary key,
    key text not null,
    severity text not null constraint notice_severity check (severity in ('info', 'warning', 'error')),
    title text not null,
    message text not null,
    plugin text,
    action text,
    count bigint not null,
    first_at bigint not null,
    last_at bigint not null,
    dismissed_at bigint
);
create unique index notice_key on notice (key) where dismissed_at is null;
create index notice_age on notice (last_at);

create table setting (
    key text not null constraint setting_key primary key,
    value text not null
);

create table lane (
    name text not null constraint lane_name primary key, -- <plugin>/<lane>
    max_leased bigint not null check (max_leased >= 0),
    paused bigint not null default 0 check (paused in (0, 1))
);

create table job (
    seq bigint generated always as identity primary key,
    id text not null constraint job_id unique,
    plugin text not null,
    kind text not null,
    payload text not null,
    lane text not null references lane (name),
    priority bigint not null constraint job_priority check (priority between 1 and 9),
    state text not null constraint job_state check (state in ('available', 'leased', 'blocked', 'succeeded', 'failed', 'cancelled')),
    run_at bigint not null,
    attempt bigint not null default 0,
    max_attempts bigint not null,
    fence bigint not null default 0,
    losses bigint not null default 0, -- leases lost in a row with no checkpoint saved between
    lease_owner text,
    lease_until bigint,
    cancel_requested_at bigint,
    checkpoint bytea,
    progress text not null default '{}',
    waits_for text,
    resumed_by text,
    unique_key text,
    error text,
    result text,
    created_at bigint not null,
    started_at bigint,
    finished_at bigint,
    constraint job_lease check ((state = 'leased') = (lease_owner is not null) and (lease_owner is null) = (lease_until is null)),
    constraint job_finished check ((state in ('succeeded', 'failed', 'cancelled')) = (finished_at is not null)),
    constraint job_waits check ((state = 'blocked') = (waits_for is not null))
);
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
    fence bigint not null,
    owner text not null,
    started_at bigint not null,
    ended_at bigint,
    outcome text,
    message text,
    constraint job_attempt_job_id_fence primary key (job_id, fence)
);

create table job_log (
    id bigint generated always as identity primary key,
    job_id text not null references job (id) on delete cascade,
    at bigint not null,
    level text not null,
    message text not null
);
create index job_log_of_job on job_log (job_id, id);

-- Things that one host at a time does, for example the delivery of events to a plugin.
create table lease (
    name text not null constraint lease_name primary key,
    owner text not null,
    until bigint not null
);

create table schedule (
    plugin text not null,
    name text not null,
    kind text not null,
    payload text not null,
    lane text not null, -- without the plugin's prefix
    max_attempts bigint not null,
    cron text,
    every_secs bigint,
    next_at bigint not null,
    last_at bigint,
    last_job text,
    constraint schedule_plugin_name primary key (plugin, name),
    constraint schedule_rhythm check ((cron is null) <> (every_secs is null))
);
create index schedule_due on schedule (next_at);

create table operation (
    id text not null constraint operation_id primary key,
    plugin text not null,
    kind text not null,
    arguments text not null,
    state text not null constraint operation_state check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    done_bytes bigint not null default 0,
    total_bytes bigint not null default 0,
    current_item text,
    checkpoint text,
    result text,
    error text,
    created_at bigint not null,
    finished_at bigint,
    cancel_requested_at bigint,
    fence bigint not null default 0,
    losses bigint not null default 0, -- leases lost in a row with no checkpoint saved between
    owner text,
    lease_until bigint,
    constraint operation_lease check ((state = 'running') = (owner is not null) and (owner is null) = (lease_until is null)),
    constraint operation_finished check ((state in ('succeeded', 'failed', 'cancelled')) = (finished_at is not null))
);
create index operation_queue on operation (created_at) where state = 'queued';
create index operation_lease_end on operation (lease_until) where state = 'running';
create index operation_of_plugin on operation (plugin, created_at);
create index operation_end on operation (finished_at) where finished_at is not null;
