/** The token of the alerting service for the command line; undefined when the environment has none. */
export const readTokenSetting = (): string | undefined => process.env.OSSAGENT_ALERTING_TOKEN
