-- Copies of packages in the trash of their mounts, and on the way there, back and out: `deleting`, `trashed`, `restoring`,
-- `purging`. A row outlives the package it tells of.
create table trash (
    id text primary key,
    package text not null,
    name text not null,
    mount text not null,
    path text not null,
    -- Where it lies in the trash; empty until it does.
    trash_path text not null,
    state text not null,
    size_bytes integer not null,
    asked_by text not null,
    asked_at integer not null,
    -- When it is deleted for good; 0 until it lies in the trash.
    purge_at integer not null,
    -- What was on the package, and what was known and accepted when it was deleted: an object.
    facts text not null,
    -- Why the last step failed.
    problem text not null
) strict, without rowid;

create index trash_place on trash (mount, path);

-- Swarms that hand packages out, as the transfers tell.
create table swarm (
    info_hash text primary key,
    package text not null,
    servers integer not null
) strict, without rowid;

create index swarm_package on swarm (package);
