/** Attempts of remote code, and their results. */

import { type Gateway, type GatewaySpec, Group, RemoteError } from "../../mod.ts";

/** Starts a local gateway whose output is dropped. */
export function quiet(spec: Partial<GatewaySpec> = {}): Promise<Gateway> {
  return new Group().makeGateway({ popen: true, output: "null", ...spec });
}

/**
 * Runs the body of an async function on a gateway. Returns its result, or the message of its error.
 */
export async function attempt(gw: Gateway, source: string, args?: unknown): Promise<string> {
  const channel = gw.remoteExec(
    `const result = await (async () => {\n${source}\n})();
     await channel.send(typeof result === "string" ? result : Deno.inspect(result));`,
    args,
  );
  try {
    return `returned ${await channel.receive()}`;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return `${error.name}: ${error.message}`;
  }
}

/** Returns the `data:` URL of a module. */
export function dataModule(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

/** Starts a worker on a gateway. Returns the message that it posts, or why it failed. */
export function workerOf(url: string, options = "{}"): string {
  return `
    const worker = new Worker(${url}, { type: "module", ...${options} });
    try {
      return await new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
      });
    } finally {
      worker.terminate();
    }`;
}

/**
 * Runs all attempts at once, because most of their time is the start of processes. A failure names
 * its attempt.
 */
export async function eachAtOnce<T>(
  all: readonly T[],
  body: (each: T) => Promise<void>,
): Promise<void> {
  const results = await Promise.allSettled(all.map(body));
  results.forEach((result, i) => {
    if (result.status === "fulfilled") return;
    throw new Error(`failed for ${Deno.inspect(all[i])}`, { cause: result.reason });
  });
}
