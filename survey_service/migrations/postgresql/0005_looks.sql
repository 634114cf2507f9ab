-- Looks at the evidence of a project, taken when a replicate of its pre-drawn order closes; a project that is settled.
ALTER TABLE callbacks_frame ADD COLUMN settled_at TIMESTAMPTZ;
ALTER TABLE callbacks_frame ADD COLUMN look_refusal TEXT NOT NULL DEFAULT '';
CREATE TABLE survey_service_look (
    frame_id BIGINT NOT NULL REFERENCES callbacks_frame (id) ON DELETE CASCADE,
    metric TEXT NOT NULL,
    number INTEGER NOT NULL,
    people INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    satisfied INTEGER NOT NULL,
    taken_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (frame_id, metric, number)
);
DROP INDEX callbacks_module_frame;
CREATE INDEX callbacks_module_frame ON callbacks_module (frame_id, replicate);
