-- survey_service
CREATE TABLE survey_service_account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    agent_no TEXT,
    password_hash TEXT,
    department_id BIGINT,
    languages TEXT NOT NULL DEFAULT '',
    senior BOOLEAN NOT NULL DEFAULT FALSE,
    demo BOOLEAN NOT NULL DEFAULT FALSE,
    disabled_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE survey_service_account_zone (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES survey_service_account (id) ON DELETE CASCADE,
    zone_id BIGINT NOT NULL,
    UNIQUE (account_id, zone_id)
);
CREATE TABLE survey_service_login_session (
    token_hash TEXT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES survey_service_account (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX survey_service_login_session_account ON survey_service_login_session (account_id);
CREATE TABLE survey_service_access_token (
    token_hash TEXT PRIMARY KEY,
    account_id BIGINT REFERENCES survey_service_account (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX survey_service_access_token_account ON survey_service_access_token (account_id);
CREATE TABLE survey_service_limit_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key_digest TEXT NOT NULL,
    at TIMESTAMP NOT NULL
);
CREATE INDEX survey_service_limit_event_lookup ON survey_service_limit_event (kind, key_digest, at);
CREATE TABLE survey_service_audit_entry (
    seq BIGINT PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    real_at TIMESTAMP NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    request TEXT NOT NULL,
    details TEXT NOT NULL,
    prev TEXT NOT NULL,
    mac TEXT NOT NULL
);
CREATE TABLE survey_service_key (
    kid TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    suite TEXT NOT NULL,
    wrapped TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE survey_service_lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until_ts DOUBLE PRECISION NOT NULL
);
CREATE TABLE survey_service_setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL
);
CREATE TABLE survey_service_idempotency (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key_hash TEXT NOT NULL UNIQUE,
    body_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE survey_service_outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    wave_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    contact_ref TEXT NOT NULL,
    phone_digest TEXT NOT NULL,
    body_sealed TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at TIMESTAMP NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    provider_ref TEXT,
    receipt TEXT,
    last_error TEXT,
    claimed_by TEXT,
    lease_until TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP,
    UNIQUE (kind, wave_id, case_id)
);
CREATE INDEX survey_service_outbox_due ON survey_service_outbox (state, due_at);
CREATE INDEX survey_service_outbox_phone ON survey_service_outbox (phone_digest, sent_at);
-- questionnaires
CREATE TABLE questionnaires_version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    version TEXT NOT NULL,
    mode TEXT NOT NULL,
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    definition TEXT NOT NULL,
    published_at TIMESTAMP NOT NULL,
    UNIQUE (key, sha256)
);
CREATE TABLE questionnaires_submission (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    version_id BIGINT NOT NULL REFERENCES questionnaires_version (id),
    mode TEXT NOT NULL,
    state TEXT NOT NULL,
    answers TEXT NOT NULL DEFAULT '{}',
    proxy TEXT NOT NULL DEFAULT 'self',
    coached BOOLEAN NOT NULL DEFAULT FALSE,
    started_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    submitted_at TIMESTAMP,
    void_reason TEXT,
    digest TEXT
);
CREATE INDEX questionnaires_submission_version ON questionnaires_submission (version_id);
CREATE TABLE questionnaires_answer (
    submission_id BIGINT NOT NULL REFERENCES questionnaires_submission (id) ON DELETE CASCADE,
    item TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (submission_id, item, code)
);
CREATE TABLE questionnaires_open_text (
    submission_id BIGINT NOT NULL REFERENCES questionnaires_submission (id) ON DELETE CASCADE,
    item TEXT NOT NULL,
    sealed TEXT NOT NULL,
    PRIMARY KEY (submission_id, item)
);
CREATE TABLE questionnaires_answer_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    submission_id BIGINT NOT NULL REFERENCES questionnaires_submission (id) ON DELETE CASCADE,
    item TEXT NOT NULL,
    code TEXT,
    at TIMESTAMP NOT NULL
);
CREATE INDEX questionnaires_answer_event_submission ON questionnaires_answer_event (submission_id);
-- callbacks: what is asked about
CREATE TABLE callbacks_programme (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    year INTEGER NOT NULL,
    level TEXT NOT NULL,
    doc_no TEXT NOT NULL DEFAULT '',
    satisfaction_target INTEGER NOT NULL DEFAULT 900,
    awareness_target INTEGER NOT NULL DEFAULT 900
);
CREATE TABLE callbacks_import_batch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    project_id BIGINT,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    rows_read INTEGER NOT NULL,
    rows_kept INTEGER NOT NULL,
    warnings INTEGER NOT NULL,
    actor_id BIGINT,
    applied_at TIMESTAMP NOT NULL,
    undone_at TIMESTAMP,
    undo TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE callbacks_department (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    valid_from DATE,
    valid_to DATE,
    successor_id BIGINT REFERENCES callbacks_department (id),
    batch_id BIGINT REFERENCES callbacks_import_batch (id)
);
CREATE INDEX callbacks_department_successor ON callbacks_department (successor_id);
CREATE INDEX callbacks_department_batch ON callbacks_department (batch_id);
CREATE TABLE callbacks_zone (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    position INTEGER NOT NULL,
    parent_id BIGINT REFERENCES callbacks_zone (id),
    valid_from DATE,
    valid_to DATE,
    batch_id BIGINT REFERENCES callbacks_import_batch (id)
);
CREATE INDEX callbacks_zone_parent ON callbacks_zone (parent_id);
CREATE INDEX callbacks_zone_batch ON callbacks_zone (batch_id);
CREATE TABLE callbacks_project (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    programme_id BIGINT NOT NULL REFERENCES callbacks_programme (id),
    code TEXT NOT NULL UNIQUE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    full_text TEXT NOT NULL DEFAULT '',
    section TEXT NOT NULL DEFAULT '',
    public_name TEXT NOT NULL,
    spoken_name TEXT NOT NULL,
    hint TEXT NOT NULL DEFAULT '',
    facts TEXT NOT NULL DEFAULT '',
    project_class TEXT NOT NULL,
    frame_kind TEXT NOT NULL,
    beneficiary_kind TEXT NOT NULL DEFAULT '',
    sensitive BOOLEAN NOT NULL DEFAULT FALSE,
    minor BOOLEAN NOT NULL DEFAULT FALSE,
    education BOOLEAN NOT NULL DEFAULT FALSE,
    declared_count BIGINT,
    declared_unit TEXT NOT NULL DEFAULT '',
    unit_kind TEXT NOT NULL DEFAULT 'person',
    budget_fen BIGINT,
    window_from_days INTEGER NOT NULL DEFAULT 7,
    window_to_days INTEGER NOT NULL DEFAULT 90,
    note TEXT NOT NULL DEFAULT '',
    demo BOOLEAN NOT NULL DEFAULT FALSE,
    batch_id BIGINT REFERENCES callbacks_import_batch (id)
);
CREATE INDEX callbacks_project_programme ON callbacks_project (programme_id);
CREATE INDEX callbacks_project_batch ON callbacks_project (batch_id);
CREATE TABLE callbacks_project_department (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id BIGINT NOT NULL REFERENCES callbacks_project (id) ON DELETE CASCADE,
    department_id BIGINT REFERENCES callbacks_department (id),
    zone_id BIGINT REFERENCES callbacks_zone (id),
    role TEXT NOT NULL,
    original TEXT NOT NULL DEFAULT ''
);
CREATE INDEX callbacks_project_department_project ON callbacks_project_department (project_id);
CREATE INDEX callbacks_project_department_department ON callbacks_project_department (department_id);
CREATE INDEX callbacks_project_department_zone ON callbacks_project_department (zone_id);
CREATE UNIQUE INDEX callbacks_project_one_lead ON callbacks_project_department (project_id) WHERE role = 'lead';
CREATE TABLE callbacks_calendar_day (
    day DATE PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    batch_id BIGINT REFERENCES callbacks_import_batch (id)
);
CREATE INDEX callbacks_calendar_day_batch ON callbacks_calendar_day (batch_id);
-- identity vault
CREATE TABLE vault_person (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    person_key TEXT NOT NULL UNIQUE,
    name_sealed TEXT NOT NULL,
    guardian_sealed TEXT,
    address_sealed TEXT,
    birth_year INTEGER,
    sex TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    batch_id BIGINT
);
CREATE INDEX vault_person_batch ON vault_person (batch_id);
CREATE TABLE vault_contact (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    person_ref TEXT NOT NULL REFERENCES vault_person (ref) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    phone_sealed TEXT NOT NULL,
    phone_digest TEXT NOT NULL,
    kind TEXT NOT NULL,
    relation TEXT NOT NULL,
    status TEXT NOT NULL,
    share_count INTEGER NOT NULL DEFAULT 1,
    UNIQUE (person_ref, phone_digest)
);
CREATE INDEX vault_contact_digest ON vault_contact (phone_digest);
-- callbacks: who is called
CREATE TABLE callbacks_entitlement (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    project_id BIGINT NOT NULL REFERENCES callbacks_project (id),
    person_ref TEXT NOT NULL,
    zone_id BIGINT REFERENCES callbacks_zone (id),
    event_date DATE,
    callback_from DATE,
    callback_until DATE,
    frame_date DATE NOT NULL,
    channel TEXT NOT NULL DEFAULT '',
    amount_band TEXT NOT NULL DEFAULT '',
    payments INTEGER NOT NULL DEFAULT 1,
    batch_id BIGINT NOT NULL REFERENCES callbacks_import_batch (id),
    UNIQUE (project_id, person_ref)
);
CREATE INDEX callbacks_entitlement_person ON callbacks_entitlement (person_ref);
CREATE INDEX callbacks_entitlement_zone ON callbacks_entitlement (zone_id);
CREATE INDEX callbacks_entitlement_batch ON callbacks_entitlement (batch_id);
CREATE INDEX callbacks_entitlement_due ON callbacks_entitlement (project_id, callback_from);
CREATE TABLE callbacks_do_not_contact (
    phone_digest TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    case_id BIGINT,
    at TIMESTAMP NOT NULL,
    until TIMESTAMP
);
CREATE TABLE callbacks_wave (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    programme_id BIGINT NOT NULL REFERENCES callbacks_programme (id),
    standing BOOLEAN NOT NULL DEFAULT FALSE,
    measurement_role TEXT NOT NULL,
    state TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    seed TEXT NOT NULL,
    seed_commitment TEXT NOT NULL,
    phone_version_id BIGINT REFERENCES questionnaires_version (id),
    mobile_version_id BIGINT REFERENCES questionnaires_version (id),
    recording BOOLEAN NOT NULL DEFAULT FALSE,
    allow_links BOOLEAN NOT NULL DEFAULT TRUE,
    allow_visits BOOLEAN NOT NULL DEFAULT FALSE,
    weekends BOOLEAN NOT NULL DEFAULT TRUE,
    form_no TEXT NOT NULL DEFAULT '',
    issuer TEXT NOT NULL DEFAULT '',
    approval_no TEXT NOT NULL DEFAULT '',
    valid_until DATE,
    satisfaction_target INTEGER NOT NULL DEFAULT 900,
    awareness_target INTEGER NOT NULL DEFAULT 900,
    plan TEXT NOT NULL DEFAULT '{}',
    opened_at TIMESTAMP,
    closed_at TIMESTAMP
);
CREATE INDEX callbacks_wave_programme ON callbacks_wave (programme_id);
CREATE INDEX callbacks_wave_phone_version ON callbacks_wave (phone_version_id);
CREATE INDEX callbacks_wave_mobile_version ON callbacks_wave (mobile_version_id);
CREATE TABLE callbacks_frame (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    wave_id BIGINT NOT NULL REFERENCES callbacks_wave (id),
    project_id BIGINT NOT NULL REFERENCES callbacks_project (id),
    batch_id BIGINT REFERENCES callbacks_import_batch (id),
    as_of TIMESTAMP NOT NULL,
    population INTEGER NOT NULL,
    drawn INTEGER NOT NULL,
    method TEXT NOT NULL,
    replicate_size INTEGER NOT NULL,
    digest TEXT NOT NULL,
    UNIQUE (wave_id, project_id, batch_id)
);
CREATE INDEX callbacks_frame_project ON callbacks_frame (project_id);
CREATE INDEX callbacks_frame_batch ON callbacks_frame (batch_id);
CREATE TABLE callbacks_frame_member (
    frame_id BIGINT NOT NULL REFERENCES callbacks_frame (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    entitlement_id BIGINT NOT NULL REFERENCES callbacks_entitlement (id),
    PRIMARY KEY (frame_id, position)
);
CREATE INDEX callbacks_frame_member_entitlement ON callbacks_frame_member (entitlement_id);
CREATE TABLE callbacks_case (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    wave_id BIGINT NOT NULL REFERENCES callbacks_wave (id),
    person_ref TEXT NOT NULL,
    contact_ref TEXT,
    phone_digest TEXT,
    zone_id BIGINT REFERENCES callbacks_zone (id),
    state TEXT NOT NULL,
    priority INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMP,
    next_reason TEXT NOT NULL DEFAULT '',
    overdue_on DATE,
    attempts INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL DEFAULT 6,
    contacted BOOLEAN NOT NULL DEFAULT FALSE,
    education BOOLEAN NOT NULL DEFAULT FALSE,
    requires_senior BOOLEAN NOT NULL DEFAULT FALSE,
    language TEXT NOT NULL DEFAULT '',
    assigned_agent BIGINT,
    keep_agent BIGINT,
    claimed_by BIGINT,
    claimed_at TIMESTAMP,
    lease_until TIMESTAMP,
    final_code TEXT,
    repairs INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL
);
CREATE INDEX callbacks_case_next ON callbacks_case (priority DESC, next_attempt_at) WHERE state = 'S01';
CREATE INDEX callbacks_case_due ON callbacks_case (next_attempt_at) WHERE state IN ('S00', 'S03', 'S04', 'S06');
CREATE INDEX callbacks_case_lease ON callbacks_case (lease_until) WHERE state = 'S02';
CREATE INDEX callbacks_case_wave_state ON callbacks_case (wave_id, state);
CREATE INDEX callbacks_case_person ON callbacks_case (person_ref);
CREATE INDEX callbacks_case_phone ON callbacks_case (phone_digest);
CREATE INDEX callbacks_case_zone ON callbacks_case (zone_id);
CREATE INDEX callbacks_case_claimed ON callbacks_case (claimed_by) WHERE state = 'S02';
CREATE TABLE callbacks_module (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    case_id BIGINT NOT NULL REFERENCES callbacks_case (id),
    wave_id BIGINT NOT NULL REFERENCES callbacks_wave (id),
    project_id BIGINT NOT NULL REFERENCES callbacks_project (id),
    zone_id BIGINT REFERENCES callbacks_zone (id),
    frame_id BIGINT NOT NULL REFERENCES callbacks_frame (id),
    position INTEGER NOT NULL,
    replicate INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    entitlement_id BIGINT NOT NULL REFERENCES callbacks_entitlement (id),
    submission_id BIGINT REFERENCES questionnaires_submission (id),
    UNIQUE (wave_id, project_id, entitlement_id)
);
CREATE INDEX callbacks_module_case ON callbacks_module (case_id);
CREATE INDEX callbacks_module_project ON callbacks_module (project_id);
CREATE INDEX callbacks_module_zone ON callbacks_module (zone_id);
CREATE INDEX callbacks_module_frame ON callbacks_module (frame_id);
CREATE INDEX callbacks_module_entitlement ON callbacks_module (entitlement_id);
CREATE INDEX callbacks_module_submission ON callbacks_module (submission_id);
CREATE TABLE callbacks_attempt (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    case_id BIGINT NOT NULL REFERENCES callbacks_case (id),
    number INTEGER NOT NULL,
    agent_id BIGINT,
    phone_digest TEXT,
    inbound BOOLEAN NOT NULL DEFAULT FALSE,
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP NOT NULL,
    code TEXT NOT NULL,
    note_sealed TEXT,
    appointment_at TIMESTAMP,
    contested BOOLEAN NOT NULL DEFAULT FALSE,
    corrects_id BIGINT REFERENCES callbacks_attempt (id),
    before TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX callbacks_attempt_case ON callbacks_attempt (case_id);
CREATE INDEX callbacks_attempt_corrects ON callbacks_attempt (corrects_id);
CREATE INDEX callbacks_attempt_phone ON callbacks_attempt (phone_digest, started_at);
CREATE INDEX callbacks_attempt_agent ON callbacks_attempt (agent_id, started_at);
CREATE TABLE callbacks_appointment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES callbacks_case (id),
    at TIMESTAMP NOT NULL,
    made_by TEXT NOT NULL,
    agent_id BIGINT,
    state TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX callbacks_appointment_case ON callbacks_appointment (case_id);
CREATE INDEX callbacks_appointment_open ON callbacks_appointment (at) WHERE state = 'open';
CREATE TABLE callbacks_number_repair (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES callbacks_case (id),
    zone_id BIGINT REFERENCES callbacks_zone (id),
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_at TIMESTAMP NOT NULL,
    due_on DATE NOT NULL,
    provisional BOOLEAN NOT NULL DEFAULT FALSE,
    closed_at TIMESTAMP
);
CREATE INDEX callbacks_number_repair_case ON callbacks_number_repair (case_id);
CREATE INDEX callbacks_number_repair_zone ON callbacks_number_repair (zone_id, state);
CREATE TABLE callbacks_link (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash TEXT NOT NULL UNIQUE,
    case_id BIGINT NOT NULL REFERENCES callbacks_case (id),
    device_hash TEXT,
    notice_sha256 TEXT,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    revoked_at TIMESTAMP
);
CREATE INDEX callbacks_link_case ON callbacks_link (case_id);
