-- Whom errors hit, as hashes, and where in the code.
ALTER TABLE exceptions ADD COLUMN IF NOT EXISTS place String CODEC(ZSTD(1)) AFTER stack;

ALTER TABLE exceptions ADD COLUMN IF NOT EXISTS users Array(FixedString(16)) CODEC(ZSTD(1)) AFTER count;
