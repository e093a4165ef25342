/** Hands out files to gateways. */
import type { Gateway } from "@x/execnet";
import { summarizeFiles, type Summary } from "./summarize.ts";
import type { TreeFile } from "./tree.ts";

/** What became of one file, and the id of the gateway that read it. */
export type Outcome =
  | { file: TreeFile; gateway: string; summary: Summary }
  | { file: TreeFile; error: string };

/** Files at one gateway at a time: it has the next one at hand when it is done with one. */
const IN_FLIGHT = 4;

/**
 * Has each file summarized by whichever gateway is free, and tells `take` of each. When a gateway
 * is lost, the files that it had are failures, and the other gateways go on.
 *
 * @throws The reason of `signal`, when that is aborted.
 */
export async function handOut(
  gateways: readonly Gateway[],
  files: readonly TreeFile[],
  take: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<void> {
  const waiting = files.values();

  async function work(gateway: Gateway): Promise<void> {
    const given: TreeFile[] = [];
    try {
      const channel = gateway.remoteExec(summarizeFiles, undefined, { signal });
      while (true) {
        while (given.length < IN_FLIGHT) {
          const { value: file, done } = waiting.next();
          if (done) break;
          given.push(file);
          await channel.send(file.path);
        }
        if (given.length === 0) break;
        const answer = await channel.receive({ signal });
        const [file] = given.splice(0, 1);
        if ("error" in answer) take({ file, error: answer.error });
        else take({ file, gateway: gateway.id, summary: answer });
      }
      channel.closeSend();
      await channel.waitClose({ signal });
    } catch (error) {
      signal.throwIfAborted();
      for (const file of given) take({ file, error: String(error) });
    }
  }

  await Promise.all(gateways.map(work));
  for (const file of waiting) take({ file, error: "no gateway was left to read it" });
}
