-- +goose Up

-- Inputs kept with a function to try it with, as JSON.
CREATE TABLE test_events (
    function_id TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    input       BYTEA NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (function_id, name)
);
