-- What happened to packages, and to the mounts they lie on (`mount:NAME`). It is known by the package's id and outlives
-- its row. When a package was first seen is told by the package itself: a first scan writes nothing here.
create table history (
    number integer primary key,
    subject text not null,
    at integer not null,
    kind text not null,
    facts text not null
) strict;

create index history_subject on history (subject, number);

-- What people write down of a package, known by its id: tags as a JSON array, sorted. It is there again when the package is.
create table remark (
    id text primary key,
    tags text not null,
    note text not null
) strict, without rowid;

-- How often each finding was made of a package.
create table finding (
    package integer not null,
    code text not null,
    count integer not null,
    primary key (package, code)
) strict, without rowid;

-- When a file was last found right: one that is wrong since, though nobody changed it, has rotted.
alter table verdict add column right_at integer not null default 0;
update verdict set right_at = verified_at where state = 'ok';

-- What was found is counted now: every package is read once more.
update place set signature = '';
update library set scanned_at = null;
