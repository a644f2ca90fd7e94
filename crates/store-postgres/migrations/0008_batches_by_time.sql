-- Why: the list of batches, the newest first, a page at a time.

CREATE INDEX batches_by_time ON batches (network_id, at, batch_id);
