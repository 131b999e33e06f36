"use client"
import { useEffect, useState } from "react"
import { Badge } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Failure, SkeletonRows } from "../piece/panel.tsx"
import { Avatar } from "./avatar.tsx"
import { ChooseFriends } from "./choosefriends.tsx"
import { useChat } from "./use-chat.ts"
import { toWords } from "./words.ts"

interface Member {
  uid: number
  name: string
}

/** Who is in a group; and whom one may invite. */
export function Members({ gid, name, onClose }: { gid: number; name: string; onClose: () => void }) {
  const client = useChat()
  const known = client.groups().find((one) => one.gid === gid)
  const [asked, setAsked] = useState<readonly Member[] | null>(null)
  const [inviting, setInviting] = useState(false)
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)
  // of a large group the members are not sent along
  const mustAsk = known !== undefined && known.members.length === 0
  useEffect(() => {
    if (!mustAsk) return
    client.getGroup(gid).then(
      ({ members }) => setAsked(members),
      (failed: unknown) => setError(new Error(toWords(failed))),
    )
  }, [client, gid, mustAsk])
  const members: readonly Member[] | null = mustAsk ? asked : (known?.members ?? [])

  async function invite(): Promise<void> {
    setBusy(true)
    setError(null)
    try {
      const { members: now } = await client.invite(gid, [...chosen])
      if (mustAsk) setAsked(now)
      onClose()
    } catch (failed) {
      setError(new Error(toWords(failed)))
      setBusy(false)
    }
  }
  return (
    <Dialog title={inviting ? `Invite to ${name}` : `Members of ${name}`} onClose={onClose}>
      <div className="space-y-4">
        {error && <Failure error={error} />}
        {inviting ? (
          <ChooseFriends chosen={chosen} onChange={setChosen} without={new Set(members?.map(({ uid }) => uid))} />
        ) : members === null ? (
          !error && <SkeletonRows count={3} />
        ) : (
          <ul aria-label="Members" className="max-h-80 space-y-1 overflow-y-auto">
            {members.map(({ uid, name: of }) => (
              <li key={uid} className="flex items-center gap-3 py-1">
                <Avatar chat={uid} name={of} size={28} />
                <span className="min-w-0 flex-1 truncate">
                  {of}
                  {uid === client.account?.uid && <span className="text-ink-3"> (you)</span>}
                </span>
                {uid === known?.owner && <Badge>owner</Badge>}
              </li>
            ))}
          </ul>
        )}
        <div className="flex justify-end gap-2">
          {inviting ? (
            <>
              <Button onClick={() => setInviting(false)}>Back</Button>
              <Button look="main" disabled={busy || chosen.size === 0} onClick={() => void invite()}>
                {busy ? "Inviting …" : "Invite"}
              </Button>
            </>
          ) : (
            <Button look="main" icon="plus" onClick={() => setInviting(true)}>
              Invite friends
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  )
}
