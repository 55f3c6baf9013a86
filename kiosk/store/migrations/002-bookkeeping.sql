-- Records that nobody waits for: few, and found at opening without reading the others, so that what waits can be counted.
create index record_bookkeeping on record (epoch, seq) where typ not in ('punch', 'correction');
