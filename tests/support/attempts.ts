/** What remote code tries, and what came of it. */

import { type Gateway, type GatewaySpec, Group, RemoteError } from "../../mod.ts";

/** Starts a local gateway whose output is of no interest. */
export function quiet(spec: Partial<GatewaySpec> = {}): Promise<Gateway> {
  return new Group().makeGateway({ popen: true, output: "null", ...spec });
}

/** Runs the body of an async function there: what it returned, or the message of what it threw. */
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

/** The module of a text, as a `data:` URL. */
export function dataModule(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

/** Starts a worker with `url` there, and returns what it posts, or why it failed. */
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

/** Tries all at once, as most of the time is the start of processes; a failure tells of which. */
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
