/** Where an installation answers, and what it is shown. */
export interface Installation {
  dashboard: string
  collector: string
  alerting: string
  guard: string
  dispatch: string
  ingestKey: string
  readToken: string
  removeToken: string
  alertingToken: string
  logicToken: string
  guardToken: string
  appKey: string
  /** What the passwords of simulated people are made with. */
  passwordKey: string
}
