/** Characters that a terminal obeys, or that turn text around. Lines and tabs stay. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** What somebody wrote, without what would command the terminal of who reads it. */
export const toPlain = (text: string): string => text.replace(/\r\n?/g, "\n").replace(OBEYED, "\ufffd")
