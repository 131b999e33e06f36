/** What is said to whom, in 32 bits: FNV-1a over the text's units. */
export function toHash(chat: number, text: string): number {
  let hash = Math.imul(0x811c9dc5 ^ (chat >>> 0), 0x01000193)
  hash = Math.imul(hash ^ Math.floor(chat / 2 ** 32), 0x01000193)
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
