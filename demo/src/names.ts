/** What marks everything of the demo as simulated, and by which it is found again when it is to go. */

/** Of the simulated shop; the collector removes no service whose name does not begin so. */
export const SERVICE = "demo-shop"
/** Of people's names. */
export const PERSON = "demo-"
/** Ends the client versions of simulated people. */
export const VERSION_END = "-demo"
/** Who did it, in audits and timelines. */
export const ACTOR = "demo"
