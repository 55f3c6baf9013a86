-- Complete subtrees of 256 leaves and more: what roots and proofs need without reading every record again.
create table node (
  epoch integer not null,
  -- 8: 256 leaves, 9: 512 leaves, and so on. `place` counts from the left.
  height integer not null,
  place integer not null,
  hash blob not null,
  crc integer not null,
  primary key (epoch, height, place)
) strict, without rowid;

create index record_checkpoint on record (epoch, seq) where typ = 'checkpoint';

-- How far the pruner may delete in an epoch. Written in the same transaction as the deletion.
create table pruned (epoch integer primary key, below integer not null, crc integer not null) strict;

drop trigger record_is_never_deleted;

create trigger record_is_never_deleted before delete on record
when old.seq = 0 or not exists (select 1 from pruned where epoch = old.epoch and old.seq < below)
begin select raise(abort, 'only the pruner deletes'); end;
