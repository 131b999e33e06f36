/** All services of the IM but access in one process. */
import { access } from "@ossagent/im-services/access/service"
import { SERVICES } from "@ossagent/im-services/services"
import { runMixed } from "@ossagent/svrkit"

await runMixed(SERVICES.filter((service) => service !== access))
