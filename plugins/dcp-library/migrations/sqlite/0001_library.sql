-- What the libraries hold. A package is one row however many places it lies at; its documents are kept as JSON.
create table library (
    name text primary key,
    online integer not null,
    granted integer not null,
    reason text not null,
    scanned_at integer,
    found integer not null default 0
) strict, without rowid;

create table folder (
    mount text not null,
    path text not null,
    modified integer not null,
    primary key (mount, path)
) strict, without rowid;

-- What is filtered and sorted by, and no more (other tables know a package by its number): a list of ten thousand is looked through in a millisecond.
create table package (
    number integer primary key,
    id text not null unique,
    assetmap_uuid text not null,
    name text not null,
    title text not null,
    kind text not null,
    issuer text not null,
    issue_date text not null,
    size_bytes integer not null,
    discovered_at integer not null,
    format text not null,
    state text not null,
    encryption text not null,
    verified text not null,
    last_verified integer not null,
    words text not null,
    ids text not null
) strict;

create index package_discovered on package (discovered_at, format, state, kind, encryption, size_bytes);
create index package_name on package (name);
create index package_title on package (title);
create index package_issuer on package (issuer);
create index package_issue_date on package (issue_date);
create index package_size on package (size_bytes);
create index package_verified on package (last_verified);
-- Searching reads nothing else.
create index package_words on package (words, format, state, kind, encryption, size_bytes, discovered_at);
create index package_assetmap on package (assetmap_uuid);

create table document (
    package integer primary key,
    content text not null,
    base_state text not null,
    summary text not null,
    detail text not null
) strict;

create table place (
    mount text not null,
    path text not null,
    package integer not null,
    signature text not null,
    state text not null,
    recheck_at integer,
    seen_at integer not null,
    is_primary integer not null,
    primary key (mount, path, package)
) strict, without rowid;

create index place_package on place (package);
create unique index place_primary on place (package) where is_primary = 1;
create index place_recheck on place (recheck_at) where recheck_at is not null;

-- Package folders that wait to be read.
create table unread (
    mount text not null,
    path text not null,
    lane integer not null,
    since integer not null,
    primary key (mount, path)
) strict, without rowid;

create index unread_lane on unread (mount, lane, path);

-- Assets by the sixteen bytes of their ids.
create table held (
    asset blob not null,
    package integer not null,
    primary key (asset, package)
) strict, without rowid;

create index held_package on held (package);

create table external (
    asset blob not null,
    package integer not null,
    primary key (asset, package)
) strict, without rowid;

create index external_package on external (package);

create table verdict (
    package integer not null,
    asset text not null,
    state text not null,
    hash text not null,
    size_bytes integer not null,
    modified integer not null,
    message text not null,
    verified_at integer not null,
    primary key (package, asset)
) strict, without rowid;

-- Changes with every write, so that what was counted before can be known to hold still.
create table generation (
    number integer not null
) strict;

insert into generation (number) values (1);
