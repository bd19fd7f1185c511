-- What the libraries hold. A package is one row however many places it lies at; its documents are kept as JSON.
create table library (
    name text primary key,
    online bigint not null,
    granted bigint not null,
    reason text not null,
    scanned_at bigint
);

create table folder (
    mount text not null,
    path text not null,
    modified bigint not null,
    primary key (mount, path)
);

create table package (
    id text primary key,
    assetmap_uuid text not null,
    content text not null,
    name text not null,
    title text not null,
    kind text not null,
    issuer text not null,
    issue_date text not null,
    size_bytes bigint not null,
    discovered_at bigint not null,
    format text not null,
    base_state text not null,
    state text not null,
    encryption text not null,
    verified text not null,
    last_verified bigint not null,
    error_count bigint not null,
    search text not null,
    summary text not null,
    detail text not null
);

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
    recheck_at bigint,
    seen_at bigint not null,
    is_primary bigint not null,
    primary key (mount, path, package)
);

create index place_package on place (package);
create index place_recheck on place (recheck_at) where recheck_at is not null;

create table held (
    asset text not null,
    package text not null,
    primary key (asset, package)
);

create index held_package on held (package);

create table external (
    asset text not null,
    package text not null,
    primary key (asset, package)
);

create index external_package on external (package);

create table verdict (
    package text not null,
    asset text not null,
    state text not null,
    hash text not null,
    size_bytes bigint not null,
    modified bigint not null,
    message text not null,
    verified_at bigint not null,
    primary key (package, asset)
);
