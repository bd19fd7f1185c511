-- Key delivery messages: what may be known of them, never a key. One lies in files of the libraries, or was uploaded.
create table kdm (
    id text primary key,
    composition bytea not null,
    words text not null,
    begins bigint not null,
    ends bigint not null,
    -- When what it comes to changes next: 0 for one that was not looked at yet, nothing once it has ended.
    next_edge bigint,
    uploaded_at bigint,
    seen_at bigint not null,
    facts text not null
);

create index kdm_composition on kdm (composition);
create index kdm_ends on kdm (ends, id);
create index kdm_next_edge on kdm (next_edge) where next_edge is not null;

-- XML files beside packages, each with the message in it if it holds one, and files in packages that hold one.
create table kdm_file (
    mount text not null,
    path text not null,
    size_bytes bigint not null,
    modified bigint not null,
    kdm text,
    primary key (mount, path)
);

create index kdm_file_kdm on kdm_file (kdm);

-- Encrypted compositions with the ids of their keys, as JSON.
create table locked (
    composition bytea not null,
    package bigint not null,
    keys text not null,
    primary key (composition, package)
);

create index locked_package on locked (package);

-- What the messages come to for a package, until when, and whether that is to be found out anew.
alter table package add column keys text not null default 'not-needed';
alter table package add column keys_at bigint not null default 0;
alter table package add column keys_due bigint not null default 0;

create index package_keys_due on package (number) where keys_due > 0;
drop index package_discovered;
create index package_discovered on package (discovered_at, number, format, state, kind, encryption, size_bytes, keys);

-- Files that wait to be read are noted like folders.
alter table unread add column is_file bigint not null default 0;

-- Packages may hold messages: each is read once more.
update package set keys = 'missing' where encryption <> 'none';
update place set signature = '';
update library set scanned_at = null;
