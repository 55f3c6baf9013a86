-- Records other than work, by what they are: the few of one kind are found, and all of them counted, from the index alone.
-- The indexes by place open the record behind each entry, a page of the disk for every one of thousands. They stay for the
-- version before, which a clock may go back to.
create index record_notes on record (typ, epoch, seq) where typ not in ('punch', 'correction');
