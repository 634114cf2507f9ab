-- Answers that count, kept as sums per cell, and the signed rows that are still to be folded into them.
ALTER TABLE callbacks_module ADD COLUMN weight BIGINT NOT NULL DEFAULT 1;
ALTER TABLE callbacks_wave ADD COLUMN tallies_checked_on DATE;
CREATE TABLE callbacks_tally (
    wave_id BIGINT NOT NULL REFERENCES callbacks_wave (id),
    project_id BIGINT NOT NULL,
    zone_id BIGINT NOT NULL,
    mode TEXT NOT NULL,
    proxy TEXT NOT NULL,
    coached BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    item TEXT NOT NULL,
    code TEXT NOT NULL,
    n BIGINT NOT NULL,
    w BIGINT NOT NULL,
    w2 BIGINT NOT NULL,
    PRIMARY KEY (wave_id, project_id, zone_id, mode, proxy, coached, state, item, code)
) WITHOUT ROWID;
CREATE TABLE callbacks_tally_change (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    wave_id BIGINT NOT NULL REFERENCES callbacks_wave (id),
    project_id BIGINT NOT NULL,
    zone_id BIGINT NOT NULL,
    mode TEXT NOT NULL,
    proxy TEXT NOT NULL,
    coached BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    item TEXT NOT NULL,
    code TEXT NOT NULL,
    n BIGINT NOT NULL,
    w BIGINT NOT NULL,
    w2 BIGINT NOT NULL
);
CREATE INDEX callbacks_tally_change_project ON callbacks_tally_change (wave_id, project_id);
INSERT INTO callbacks_tally (wave_id, project_id, zone_id, mode, proxy, coached, state, item, code, n, w, w2)
SELECT m.wave_id, m.project_id, COALESCE(m.zone_id, 0), s.mode, s.proxy, s.coached, s.state, a.item, a.code,
    count(*), count(*), count(*)
FROM callbacks_module m JOIN questionnaires_submission s ON s.id = m.submission_id AND s.state IN ('submitted', 'void')
JOIN (SELECT submission_id, item, code FROM questionnaires_answer
    UNION ALL SELECT id, 'submission', '1' FROM questionnaires_submission) a ON a.submission_id = s.id
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
