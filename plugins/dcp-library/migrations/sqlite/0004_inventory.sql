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

-- When a file was last found right: one that is wrong since, though nobody changed it, has rotted. The table is made anew,
-- as in the migration before.
create table verdict_before as select * from verdict;
drop table verdict;

create table verdict (
    package integer not null,
    asset text not null,
    state text not null,
    hash text not null,
    size_bytes integer not null,
    modified integer not null,
    message text not null,
    verified_at integer not null,
    right_at integer not null,
    primary key (package, asset)
) strict, without rowid;

insert into verdict (package, asset, state, hash, size_bytes, modified, message, verified_at, right_at)
select package, asset, state, hash, size_bytes, modified, message, verified_at,
    case state when 'ok' then verified_at else 0 end
from verdict_before;

drop table verdict_before;

-- What was found is counted now: every package is read once more.
update place set signature = '';
update library set scanned_at = null;
