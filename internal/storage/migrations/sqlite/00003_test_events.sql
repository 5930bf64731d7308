-- +goose Up

-- Inputs kept with a function to try it with, as JSON.
CREATE TABLE test_events (
    function_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    input       BLOB NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (function_id, name)
);
