/** What runs in the gateways. */
import type { Channel } from "@x/execnet";

/** What is found out about one file. */
export interface Summary {
  sha256: string;
  /** Newline bytes, as `wc -l` counts. */
  lines: number;
  bytes: number;
  milliseconds: number;
}

/** Why a file could not be read. */
export interface Failure {
  error: string;
}

/** Answers each path with the summary of that file, in order. Uses nothing from outside: it is sent. */
export async function summarizeFiles(channel: Channel<string, Summary | Failure>): Promise<void> {
  const { createHash } = await import("node:crypto");
  const buffer = new Uint8Array(256 * 1024);

  async function summarize(path: string): Promise<Summary> {
    const start = performance.now();
    const hash = createHash("sha256");
    let lines = 0;
    let bytes = 0;
    const file = await Deno.open(path);
    try {
      for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
        const chunk = buffer.subarray(0, count);
        hash.update(chunk);
        for (let at = 0; at < count; at++) if (chunk[at] === 0x0a) lines++;
        bytes += count;
      }
    } finally {
      file.close();
    }
    const milliseconds = performance.now() - start;
    return { sha256: hash.digest("hex"), lines, bytes, milliseconds };
  }

  for await (const path of channel) {
    const answer = await summarize(path).catch((error) => ({ error: String(error) }));
    await channel.send(answer);
  }
}
