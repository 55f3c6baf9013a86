-- Records other than work, by what they are: the few of one kind are found, and all of them counted, from the index alone.
-- The indexes by place had to open the record behind each entry, a page of the disk for every one of thousands.
create index record_notes on record (typ, epoch, seq) where typ not in ('punch', 'correction');
drop index record_bookkeeping;
drop index record_checkpoint;
