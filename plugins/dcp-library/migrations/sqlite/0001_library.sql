-- What the libraries hold. A package is one row however many places it lies at; its documents are kept as JSON.
create table library (
    name text primary key,
    online integer not null,
    granted integer not null,
    reason text not null,
    scanned_at integer
) strict, without rowid;

create table folder (
    mount text not null,
    path text not null,
    modified integer not null,
    primary key (mount, path)
) strict, without rowid;

create table package (
    id text primary key,
    assetmap_uuid text not null,
    content text not null,
    name text not null,
    title text not null,
    kind text not null,
    issuer text not null,
    issue_date text not null,
    size_bytes integer not null,
    discovered_at integer not null,
    format text not null,
    base_state text not null,
    state text not null,
    encryption text not null,
    verified text not null,
    last_verified integer not null,
    error_count integer not null,
    search text not null,
    summary text not null,
    detail text not null
) strict;

create index package_discovered on package (discovered_at desc, id);
create index package_size on package (size_bytes, id);
create index package_kind on package (kind, discovered_at);
create index package_assetmap on package (assetmap_uuid);

create table place (
    mount text not null,
    path text not null,
    package text not null,
    signature text not null,
    state text not null,
    recheck_at integer,
    seen_at integer not null,
    is_primary integer not null,
    primary key (mount, path, package)
) strict, without rowid;

create index place_package on place (package);
create index place_recheck on place (recheck_at) where recheck_at is not null;

create table held (
    asset text not null,
    package text not null,
    primary key (asset, package)
) strict, without rowid;

create index held_package on held (package);

create table external (
    asset text not null,
    package text not null,
    primary key (asset, package)
) strict, without rowid;

create index external_package on external (package);

create table verdict (
    package text not null,
    asset text not null,
    state text not null,
    hash text not null,
    size_bytes integer not null,
    modified integer not null,
    message text not null,
    verified_at integer not null,
    primary key (package, asset)
) strict, without rowid;
