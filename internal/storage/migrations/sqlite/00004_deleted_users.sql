-- +goose Up

-- Users whose account was deleted: what they had is removed step by step, and their row here last.
CREATE TABLE deleted_users (
    id         TEXT PRIMARY KEY,
    deleted_at BIGINT NOT NULL
);
