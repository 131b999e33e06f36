/**
 * The exponential histogram of timers and sizes: base 2, scale 5, as OpenTelemetry's exponential histogram
 * (https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram) but for closed lower bounds.
 * Bucket `i` holds values in `[2^(i/32), 2^((i+1)/32))`; its width is 2.19 %, and {@link bucketValue} is at most 1.1 % off.
 */
export const HISTOGRAM_SCALE = 5
const SUB_BUCKETS = 1 << HISTOGRAM_SCALE

/** The bucket of zero and of everything below it. */
export const ZERO_BUCKET = -32_768

// One slice is 1/256 of a power of two, narrower than any bucket, so that a slice holds at most one bound.
const firstInSlice = new Uint8Array(256)
const bounds = new Uint32Array(SUB_BUCKETS + 1)
for (let i = 0; i <= SUB_BUCKETS; i++) bounds[i] = Math.round((2 ** (i / SUB_BUCKETS) - 1) * 2 ** 20)
for (let slice = 0, i = 0; slice < 256; slice++) {
  while ((bounds[i + 1] as number) <= slice << 12) i++
  firstInSlice[slice] = i
}

const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)
float[0] = 1
const HIGH = words[1] === 0 ? 0 : 1

/** The bucket of a finite value: from its exponent and the top 20 bits of its mantissa, without a logarithm. */
export function bucketOf(value: number): number {
  if (!(value > 0)) return ZERO_BUCKET
  float[0] = value
  const high = words[HIGH] as number
  const sub = firstInSlice[(high >>> 12) & 255] as number
  const above = (high & 0xfffff) >= (bounds[sub + 1] as number) ? 1 : 0
  return ((high >>> 20) - 1023) * SUB_BUCKETS + sub + above
}

/** The value that stands for a bucket: the middle of its bounds by ratio; 0 for {@link ZERO_BUCKET}. */
export function bucketValue(bucket: number): number {
  return bucket === ZERO_BUCKET ? 0 : 2 ** ((bucket + 0.5) / SUB_BUCKETS)
}

/**
 * The value below which the share `quantile` (0–1) of the counts lies; null when there are none.
 * `buckets` ascending, `counts` of equal length. The answer is kept within `min` and `max`, which are exact.
 */
export function quantileOf(
  buckets: ArrayLike<number>,
  counts: ArrayLike<number>,
  quantile: number,
  min = Number.NEGATIVE_INFINITY,
  max = Number.POSITIVE_INFINITY,
): number | null {
  let total = 0
  for (let i = 0; i < counts.length; i++) total += counts[i] as number
  if (total === 0) return null
  const rank = Math.max(1, Math.ceil(quantile * total))
  let seen = 0
  for (let i = 0; i < counts.length; i++) {
    seen += counts[i] as number
    if (seen >= rank) return Math.min(max, Math.max(min, bucketValue(buckets[i] as number)))
  }
  return max
}
