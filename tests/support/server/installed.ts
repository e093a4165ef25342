/** Gateways behind servers that another gateway starts. */

import { type Gateway, Group } from "../../../mod.ts";
import { until } from "../deadline.ts";

/** Has permission to start the server, and no other. */
export const NEAR = "popen//id=near//allow-run=/bin/sh";
/** A gateway behind a server that `near` starts. */
export const FAR = "tcp=0//installvia=near";

/** A group with both gateways. */
export async function pair(more = ""): Promise<{ group: Group; near: Gateway; far: Gateway }> {
  const group = await Group.open([`${FAR}//id=far${more}`, NEAR]);
  const [far, near] = [...group];
  return { group, near, far };
}

/** Returns the pid of the server, the parent of the session's process. */
export const serverOf = (far: Gateway): Promise<number> => far.call(() => Deno.ppid);

/** Waits until no process that a gateway has started is left. */
export async function idle(near: Gateway): Promise<void> {
  const isIdle = async () => {
    const { channels, executing } = await near.remoteStatus();
    return channels === 0 && executing.length === 0;
  };
  await until("an idle gateway", isIdle);
}
