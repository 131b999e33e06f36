import { answerAuth } from "../../../../../auth/handler.ts"

export const POST = answerAuth
