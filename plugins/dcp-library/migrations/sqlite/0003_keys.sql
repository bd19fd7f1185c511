-- Key delivery messages: what may be known of them, never a key. One lies in files of the libraries, or was uploaded.
create table kdm (
    id text primary key,
    composition blob not null,
    words text not null,
    begins integer not null,
    ends integer not null,
    -- When what it comes to changes next: 0 for one that was not looked at yet, nothing once it has ended.
    next_edge integer,
    uploaded_at integer,
    seen_at integer not null,
    facts text not null
) strict, without rowid;

create index kdm_composition on kdm (composition);
create index kdm_ends on kdm (ends, id);
create index kdm_next_edge on kdm (next_edge) where next_edge is not null;

-- XML files beside packages, each with the message in it if it holds one, and files in packages that hold one.
create table kdm_file (
    mount text not null,
    path text not null,
    size_bytes integer not null,
    modified integer not null,
    kdm text,
    primary key (mount, path)
) strict, without rowid;

create index kdm_file_kdm on kdm_file (kdm);

-- Encrypted compositions with the ids of their keys, as JSON.
create table locked (
    composition blob not null,
    package integer not null,
    keys text not null,
    primary key (composition, package)
) strict, without rowid;

create index locked_package on locked (package);

-- What the messages come to for a package, until when, and whether that is to be found out anew. SQLite checks a whole
-- strict table when a column is added to it, which earlier hosts refuse to plugins: the table is made anew.
create table package_before as select * from package;
drop table package;

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
    ids text not null,
    keys text not null default 'not-needed',
    keys_at integer not null default 0,
    keys_due integer not null default 0
) strict;

-- Packages may hold messages: each is read once more.
insert into package (number, id, assetmap_uuid, name, title, kind, issuer, issue_date, size_bytes, discovered_at, format,
    state, encryption, verified, last_verified, words, ids, keys)
select number, id, assetmap_uuid, name, title, kind, issuer, issue_date, size_bytes, discovered_at, format,
    state, encryption, verified, last_verified, words, ids, case encryption when 'none' then 'not-needed' else 'missing' end
from package_before;

drop table package_before;

create index package_discovered on package (discovered_at, format, state, kind, encryption, size_bytes, keys);
create index package_name on package (name);
create index package_title on package (title);
create index package_issuer on package (issuer);
create index package_issue_date on package (issue_date);
create index package_size on package (size_bytes);
create index package_verified on package (last_verified);
-- Searching reads nothing else.
create index package_words on package (words, format, state, kind, encryption, size_bytes, discovered_at, keys);
create index package_assetmap on package (assetmap_uuid);
create index package_keys_due on package (number) where keys_due > 0;

-- Files that wait to be read are noted like folders; what waits now is found again.
drop table unread;

create table unread (
    mount text not null,
    path text not null,
    lane integer not null,
    since integer not null,
    is_file integer not null default 0,
    primary key (mount, path)
) strict, without rowid;

create index unread_lane on unread (mount, lane, path);

update place set signature = '';
update library set scanned_at = null;
