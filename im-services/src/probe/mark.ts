/** By these, probe users are told from people. */

/** Client version that marks probe users in every figure that is split by version. */
export const PROBE_VERSION = "probe"
/** Their names begin with it. */
export const PROBE_NAME = "probe-"
