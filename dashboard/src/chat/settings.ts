/** Where the IM is, as the dashboard was told; null: it was not. */
export type ChatSettings = { dispatch: string; appKey: string } | null
