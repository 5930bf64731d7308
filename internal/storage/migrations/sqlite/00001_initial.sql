-- +goose Up

-- Times are Unix microseconds and durations microseconds, so that both databases hold the same numbers.

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL,
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (email);

CREATE TABLE sessions (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL,
    refresh_hash BLOB NOT NULL,
    user_agent   TEXT NOT NULL,
    address      TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    refreshed_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    revoked_at   BIGINT
);
CREATE INDEX sessions_user ON sessions (user_id, id DESC);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL,
    name         TEXT NOT NULL,
    prefix       TEXT NOT NULL,
    hash         BLOB NOT NULL,
    scopes       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);
CREATE INDEX api_keys_user ON api_keys (user_id, id DESC);

-- A deleted function stays as a row, so that its executions keep a place to point to; its name is free again.
CREATE TABLE functions (
    id              TEXT PRIMARY KEY,
    owner_id        TEXT NOT NULL,
    name            TEXT NOT NULL,
    description     TEXT NOT NULL,
    runtime         TEXT NOT NULL,
    handler         TEXT NOT NULL,
    version         INTEGER NOT NULL,
    memory_mb       INTEGER NOT NULL,
    cpus            DOUBLE PRECISION NOT NULL,
    timeout_us      BIGINT NOT NULL,
    isolation       TEXT NOT NULL,
    max_concurrency INTEGER NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    deleted_at      BIGINT,
    search          TEXT NOT NULL -- name and description in lower case
);
CREATE UNIQUE INDEX functions_name ON functions (owner_id, name) WHERE deleted_at IS NULL;
CREATE INDEX functions_list ON functions (owner_id, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX functions_deleted ON functions (deleted_at) WHERE deleted_at IS NOT NULL;

-- Environment variables ("env:NAME") and secrets ("secret:NAME"), every value encrypted by the control plane.
CREATE TABLE function_values (
    function_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    sealed      BLOB NOT NULL,
    PRIMARY KEY (function_id, name)
);

-- The files of a version, stored once however many versions have them.
CREATE TABLE code_blobs (
    digest TEXT PRIMARY KEY,
    files  BLOB NOT NULL
);

CREATE TABLE versions (
    function_id TEXT NOT NULL,
    number      INTEGER NOT NULL,
    digest      TEXT NOT NULL,
    runtime     TEXT NOT NULL,
    handler     TEXT NOT NULL,
    message     TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (function_id, number)
);
CREATE INDEX versions_digest ON versions (digest);

-- input and output come last: a list reads what is before them without touching their pages.
CREATE TABLE executions (
    id                   TEXT PRIMARY KEY,
    owner_id             TEXT NOT NULL,
    function_id          TEXT NOT NULL,
    function_name        TEXT NOT NULL,
    version              INTEGER NOT NULL,
    status               TEXT NOT NULL,
    trigger_kind         TEXT NOT NULL,
    start_kind           TEXT NOT NULL,
    attempt              INTEGER NOT NULL,
    max_attempts         INTEGER NOT NULL,
    worker               TEXT NOT NULL,
    lease_until          BIGINT,
    created_at           BIGINT NOT NULL,
    started_at           BIGINT,
    finished_at          BIGINT,
    duration_us          BIGINT NOT NULL,
    exit_code            INTEGER,
    logs_truncated_bytes BIGINT NOT NULL,
    memory_peak_bytes    BIGINT NOT NULL,
    replay_of            TEXT NOT NULL,
    request_id           TEXT NOT NULL,
    idempotency_key      TEXT NOT NULL,
    phases               TEXT NOT NULL, -- a line each: microseconds, name
    error                TEXT,          -- JSON
    search               TEXT NOT NULL, -- function name, error type and message in lower case
    input                BLOB,
    output               BLOB
);
-- Every index is written with every execution that it holds, so the common one, which succeeds at once, is in two only besides
-- its id, and comes last in its range of both. Ids are in order of creation: age needs no index of its own.
CREATE INDEX executions_owner ON executions (owner_id, id);
CREATE INDEX executions_function ON executions (owner_id, function_id, id);
CREATE INDEX executions_unsuccessful ON executions (owner_id, status, id) WHERE status = 'failed' OR status = 'timeout' OR status = 'canceled';
CREATE INDEX executions_unsuccessful_function ON executions (owner_id, function_id, status, id) WHERE status = 'failed' OR status = 'timeout' OR status = 'canceled';
CREATE UNIQUE INDEX executions_idempotency ON executions (owner_id, function_id, idempotency_key) WHERE idempotency_key <> '';
CREATE INDEX executions_pending ON executions (id) WHERE status = 'pending';
CREATE INDEX executions_pending_function ON executions (function_id, id) WHERE status = 'pending';
CREATE INDEX executions_lease ON executions (lease_until) WHERE status = 'running';

-- One row holds the lines first_seq to last_seq without a gap.
CREATE TABLE execution_logs (
    execution_id TEXT NOT NULL,
    first_seq    BIGINT NOT NULL,
    last_seq     BIGINT NOT NULL,
    lines        BLOB NOT NULL,
    PRIMARY KEY (execution_id, first_seq)
) WITHOUT ROWID;

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
);
