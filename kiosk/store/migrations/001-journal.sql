-- One row per signed record. The text is kept verbatim: what was signed is what is sent and what is proved later.
create table record (
  epoch integer not null,
  seq integer not null,
  rh text not null,
  jws text not null,
  typ text not null,
  id text not null,
  committed_at integer not null,
  -- CRC-32 over all the other columns: finds a decayed row on its way out, signature bytes included.
  crc integer not null,
  primary key (epoch, seq)
) strict, without rowid;

-- What memory is rebuilt from at start, and nothing else, so that other records do not pay for it.
create index record_recall on record (committed_at) where typ in ('punch', 'correction');

create trigger record_is_never_changed before update on record
begin select raise(abort, 'a record is never changed'); end;

create trigger record_is_never_deleted before delete on record
begin select raise(abort, 'a record is never deleted'); end;

-- How far each receiver has receipted. A row that decayed counts as "never did": sending twice is harmless.
create table cursor (
  receiver text primary key,
  epoch integer not null,
  seq integer not null,
  crc integer not null
) strict, without rowid;

-- One row that is written to find out whether the disk takes writes again.
create table pulse (only integer primary key check (only = 1), beats integer not null) strict;
insert into pulse (only, beats) values (1, 0);
