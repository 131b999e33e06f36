-- One row is one series in one block of 10 s: `dt` holds the seconds after t0 that have a point, the other arrays their values.
-- A counter has `sum` alone; a gauge count, sum, min, max, last; timers and sizes have the bucket arrays (second, bucket, count) besides.
-- `batch` names the log segment a row came from: a row of a segment is there, or not, as a whole.
CREATE TABLE IF NOT EXISTS points_1s
(
    metric LowCardinality(String),
    service LowCardinality(String),
    subsystem LowCardinality(String),
    version LowCardinality(String),
    host LowCardinality(String),
    kind Enum8('counter' = 0, 'gauge' = 1, 'timer' = 2, 'size' = 3),
    labels Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    t0 DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    batch UInt64 CODEC(Delta, ZSTD(1)),
    dt Array(UInt8) CODEC(ZSTD(1)),
    count Array(UInt32) CODEC(ZSTD(1)),
    sum Array(Float64) CODEC(ZSTD(1)),
    min Array(Float64) CODEC(ZSTD(1)),
    max Array(Float64) CODEC(ZSTD(1)),
    last Array(Float64) CODEC(ZSTD(1)),
    bucket_dt Array(UInt8) CODEC(ZSTD(1)),
    bucket Array(Int16) CODEC(ZSTD(1)),
    bucket_count Array(UInt32) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(t0)
ORDER BY (metric, service, subsystem, version, host, kind, labels, t0)
TTL t0 + INTERVAL 1 DAY
SETTINGS ttl_only_drop_parts = 1;

-- Minutes and hours: partial aggregates, of which one series and time may have several rows; every reader merges them.
CREATE TABLE IF NOT EXISTS points_1m
(
    metric LowCardinality(String),
    service LowCardinality(String),
    subsystem LowCardinality(String),
    version LowCardinality(String),
    host LowCardinality(String),
    kind Enum8('counter' = 0, 'gauge' = 1, 'timer' = 2, 'size' = 3),
    labels Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    t DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    batch UInt64 CODEC(Delta, ZSTD(1)),
    count UInt64 CODEC(ZSTD(1)),
    sum Float64 CODEC(ZSTD(1)),
    min Float64 CODEC(ZSTD(1)),
    max Float64 CODEC(ZSTD(1)),
    last Float64 CODEC(ZSTD(1)),
    last_t DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    bucket Array(Int16) CODEC(ZSTD(1)),
    bucket_count Array(UInt64) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(t)
ORDER BY (metric, service, subsystem, version, host, kind, labels, t)
TTL t + INTERVAL 35 DAY
SETTINGS ttl_only_drop_parts = 1;

CREATE TABLE IF NOT EXISTS points_1h AS points_1m
ENGINE = MergeTree
PARTITION BY toYYYYMM(t)
ORDER BY (metric, service, subsystem, version, host, kind, labels, t)
TTL t + INTERVAL 2 YEAR
SETTINGS ttl_only_drop_parts = 1;
