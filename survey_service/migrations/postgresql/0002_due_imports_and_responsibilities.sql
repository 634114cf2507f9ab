-- imports whose dated callbacks no standing wave has taken up yet: the tick reads these rows, not every entitlement
CREATE TABLE callbacks_due_import (
    project_id BIGINT NOT NULL REFERENCES callbacks_project (id) ON DELETE CASCADE,
    batch_id BIGINT NOT NULL REFERENCES callbacks_import_batch (id),
    begins_on DATE NOT NULL,
    PRIMARY KEY (project_id, batch_id)
);
CREATE INDEX callbacks_due_import_batch ON callbacks_due_import (batch_id);
CREATE INDEX callbacks_due_import_begins ON callbacks_due_import (begins_on);
INSERT INTO callbacks_due_import (project_id, batch_id, begins_on)
SELECT e.project_id, e.batch_id, MIN(e.callback_from) FROM callbacks_entitlement e
JOIN callbacks_import_batch b ON b.id = e.batch_id AND b.undone_at IS NULL
WHERE e.callback_from IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM callbacks_frame f JOIN callbacks_wave w ON w.id = f.wave_id
    WHERE w.standing AND f.project_id = e.project_id AND f.batch_id = e.batch_id
)
GROUP BY e.project_id, e.batch_id;
-- 包保: the zones that an account answers for, apart from the zones it calls in
CREATE TABLE callbacks_responsibility (
    account_id BIGINT NOT NULL,
    zone_id BIGINT NOT NULL REFERENCES callbacks_zone (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, zone_id)
);
CREATE INDEX callbacks_responsibility_zone ON callbacks_responsibility (zone_id);
