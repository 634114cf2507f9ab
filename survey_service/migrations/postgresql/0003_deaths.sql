-- the tick looks for reported deaths in this index, not in every dial
CREATE INDEX callbacks_attempt_deceased ON callbacks_attempt (case_id) WHERE code = '230';
