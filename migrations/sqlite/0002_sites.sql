-- Sites: who this installation is, the servers registered here, and the messages on their way to and from them.

-- One row, made when it is first asked for.
create table site_identity (
    id integer not null primary key check (id = 1),
    site_id text not null,
    private_key blob not null, -- Ed25519 seed, 32 bytes (RFC 8032)
    role text not null constraint site_identity_role check (role in ('hub', 'site', 'standalone')),
    created_at integer not null
) strict;

-- On a site: the hub it has joined. At most one.
create table hub_membership (
    id integer not null primary key check (id = 1),
    hub_url text not null,
    hub_id text not null,
    hub_key text not null, -- the hub's public key, hex; nobody else is believed
    server_id text not null, -- this site's id at the hub
    name text not null,
    location text not null,
    is_authorized integer not null check (is_authorized in (0, 1)),
    joined_at integer not null,
    last_contact_at integer,
    clock_skew_ms integer, -- the hub's clock minus this one
    reported text -- what the hub was last told, so that only changes are sent
) strict;

create table registration_key (
    id text not null primary key,
    key_hash text not null unique, -- SHA-256, hex; the key itself is never stored
    prefix text not null unique,
    max_servers integer not null check (max_servers > 0),
    used integer not null default 0 check (used <= max_servers),
    created_at integer not null,
    expires_at integer,
    revoked_at integer
) strict;

create table server (
    id text not null primary key,
    name text not null,
    location text not null,
    api_url text not null,
    mac_address text not null, -- a label: two servers may have the same
    public_key text unique, -- Ed25519, hex; agents that only speak the REST contract have none
    secret_hash text unique, -- SHA-256 of the agent's secret, hex
    registration_key text not null,
    is_authorized integer not null default 0 check (is_authorized in (0, 1)),
    announce_salt text, -- its announce key follows from this and from the installation's private key
    last_seen_at integer,
    capacity_bytes integer,
    free_bytes integer,
    clock_skew_ms integer, -- the server's clock minus the hub's
    version text,
    plugins text, -- JSON list, as the site reported it
    created_at integer not null,
    updated_at integer not null
) strict;
create index server_mac on server (mac_address);

-- Both directions of the messages between a hub and one site; on both sides named by the site's server id.
create table site_channel (
    server text not null primary key,
    stream text not null, -- names the run of sequence numbers that are sent
    sent integer not null default 0, -- last number given out
    acknowledged integer not null default 0,
    peer_stream text,
    received integer not null default 0 -- last number of peer_stream whose effect is stored
) strict;

create table site_message (
    server text not null references site_channel (server) on delete cascade,
    sequence integer not null,
    kind text not null,
    body text not null,
    created_at integer not null,
    primary key (server, sequence)
) strict;
