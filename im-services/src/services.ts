import { access } from "./access/service.ts"
import { async } from "./async/service.ts"
import { auth } from "./auth/service.ts"
import { datastore } from "./datastore/datastore.ts"
import { dispatch } from "./dispatch/service.ts"
import { guard } from "./guard/service.ts"
import { mailbox } from "./mailbox/service.ts"
import { message } from "./message/service.ts"
import { play } from "./play/service.ts"
import { probe } from "./probe/service.ts"
import { seq } from "./seq/seq.ts"
import { social } from "./social/service.ts"
import { spam } from "./spam/service.ts"

/** All services in the order of their start: who is called before who calls. They stop in the reverse order. */
export const SERVICES = [
  datastore,
  seq,
  mailbox,
  spam,
  auth,
  social,
  message,
  async,
  play,
  guard,
  dispatch,
  access,
  probe,
]
