-- Who gave a link to whom and who confirmed it; what people are told on their next page; tokens of programs; downloaded
-- sheets of messages; where answers by link came from, as digests under a key of their wave.
ALTER TABLE survey_service_access_token ADD COLUMN issuer TEXT NOT NULL DEFAULT 'command';
ALTER TABLE survey_service_access_token ADD COLUMN awaits BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE survey_service_notice (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES survey_service_account (id) ON DELETE CASCADE,
    sentence TEXT NOT NULL,
    link TEXT NOT NULL DEFAULT '',
    at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP
);
CREATE INDEX survey_service_notice_account ON survey_service_notice (account_id, seen_at);
CREATE TABLE survey_service_program_token (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES survey_service_account (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    made_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP,
    used_at TIMESTAMP
);
CREATE INDEX survey_service_program_token_account ON survey_service_program_token (account_id);
CREATE TABLE survey_service_message_sheet (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    wave_id BIGINT NOT NULL REFERENCES callbacks_wave (id),
    kind TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES survey_service_account (id),
    lines INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    at TIMESTAMP NOT NULL
);
CREATE INDEX survey_service_message_sheet_wave ON survey_service_message_sheet (wave_id, kind);
CREATE INDEX survey_service_message_sheet_account ON survey_service_message_sheet (account_id);
CREATE TABLE survey_service_origin_key (
    wave_id BIGINT PRIMARY KEY REFERENCES callbacks_wave (id),
    secret_sealed TEXT NOT NULL
);
CREATE TABLE survey_service_origin (
    submission_id BIGINT PRIMARY KEY REFERENCES questionnaires_submission (id) ON DELETE CASCADE,
    wave_id BIGINT NOT NULL REFERENCES callbacks_wave (id),
    digest TEXT NOT NULL
);
CREATE INDEX survey_service_origin_wave ON survey_service_origin (wave_id, digest);
