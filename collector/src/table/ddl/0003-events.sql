-- What users did, for correlated statistics.
CREATE TABLE IF NOT EXISTS events
(
    name LowCardinality(String),
    user String,
    service LowCardinality(String),
    subsystem LowCardinality(String),
    version LowCardinality(String),
    host LowCardinality(String),
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    props Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    batch UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(at)
ORDER BY (name, toDate(at), user, at)
TTL toDateTime(at) + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1;

-- Equal errors of one interval and version, one row each time that an agent sent them.
CREATE TABLE IF NOT EXISTS exceptions
(
    fingerprint String,
    service LowCardinality(String),
    subsystem LowCardinality(String),
    version LowCardinality(String),
    host LowCardinality(String),
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    type LowCardinality(String),
    message String CODEC(ZSTD(1)),
    stack String CODEC(ZSTD(1)),
    count UInt64,
    batch UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(at)
ORDER BY (service, fingerprint, version, at)
TTL toDateTime(at) + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1;

-- Releases of services, as marks on every chart.
CREATE TABLE IF NOT EXISTS releases
(
    service LowCardinality(String),
    version LowCardinality(String),
    at DateTime64(3, 'UTC'),
    note String
)
ENGINE = MergeTree
ORDER BY (service, at);
