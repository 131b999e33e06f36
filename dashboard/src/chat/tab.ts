"use client"

/** An older page is waited for so long to leave; one that is asleep leaves when it wakes. */
const LEAVE_MS = 120

interface Said {
  is: "take" | "left"
  by: string
}

/**
 * One page of a browser has the chat, for all of them have one store and one device: the newest takes it. `onTaken` lets go of it and
 * resolves when it has. Resolves as soon as the chat is this page's.
 */
export async function takeTab(name: string, onTaken: () => Promise<void>): Promise<{ release: () => void }> {
  const by = [...crypto.getRandomValues(new Uint32Array(2))].join(".")
  const channel = new BroadcastChannel(name)
  let leftBy = (): void => undefined
  const left = new Promise<void>((resolve) => {
    leftBy = resolve
    setTimeout(resolve, LEAVE_MS)
  })
  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    if (data.by === by) return
    if (data.is === "left") leftBy()
    else void onTaken().then(() => say(name, { is: "left", by }))
  }
  channel.postMessage({ is: "take", by } satisfies Said)
  await left
  return { release: () => channel.close() }
}

/** The own channel may be closed by now. */
function say(name: string, said: Said): void {
  const channel = new BroadcastChannel(name)
  channel.postMessage(said)
  channel.close()
}
