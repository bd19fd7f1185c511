create table note (key text primary key, value text not null);
create table step (job text not null, n bigint not null, primary key (job, n));
create table heard (id bigint generated always as identity primary key, sequence bigint not null, topic text not null, source text not null, payload text not null);
