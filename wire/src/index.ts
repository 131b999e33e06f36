export * from "./alarm.ts"
export * from "./report.ts"
export * from "./series.ts"
