create table note (key text primary key, value text not null);
create table step (job text not null, n integer not null, primary key (job, n));
create table heard (id integer primary key, sequence integer not null, topic text not null, source text not null, payload text not null);
