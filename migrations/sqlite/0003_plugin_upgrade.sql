-- Versions of plugins that ask for more than the installed ones and wait for an admin, at most one a plugin.
create table plugin_upgrade (
    plugin text not null primary key references plugin (id) on delete cascade,
    package_hash text not null references package (hash),
    version text not null,
    manifest text not null,
    asked_by text not null,
    asked_at integer not null
) strict;
