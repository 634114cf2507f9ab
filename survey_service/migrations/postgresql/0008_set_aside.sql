-- People whose every project is settled are not called; the queue's own index leaves them out, so a claim never meets them.
ALTER TABLE callbacks_case ADD COLUMN set_aside BOOLEAN NOT NULL DEFAULT FALSE;
DROP INDEX callbacks_case_next;
CREATE INDEX callbacks_case_next ON callbacks_case (priority DESC, next_attempt_at) WHERE state = 'S01' AND NOT set_aside;
