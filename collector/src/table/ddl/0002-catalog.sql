-- What there is: every series, when it was first and last seen.
CREATE TABLE IF NOT EXISTS series
(
    metric LowCardinality(String),
    service LowCardinality(String),
    subsystem LowCardinality(String),
    version LowCardinality(String),
    host LowCardinality(String),
    kind Enum8('counter' = 0, 'gauge' = 1, 'timer' = 2, 'size' = 3),
    labels Map(LowCardinality(String), LowCardinality(String)),
    unit SimpleAggregateFunction(anyLast, String),
    first_seen SimpleAggregateFunction(min, DateTime('UTC')),
    last_seen SimpleAggregateFunction(max, DateTime('UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (metric, service, subsystem, version, host, kind, labels);
