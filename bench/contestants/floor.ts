/** The best that the machine can do: a `cat` child, and `deno run` of an empty module. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { MIB, perSecond, rounds, timed } from "../measure.ts";

async function emptyDeno(): Promise<number> {
  return await timed(async () => {
    const flags = ["run", "--no-config", "--no-lock", "--no-prompt", "data:,"];
    await new Deno.Command(Deno.execPath(), { args: flags, stderr: "null" }).output();
  });
}

function cat(): ChildProcess & { stdin: Writable; stdout: Readable } {
  return spawn("cat", [], { stdio: ["pipe", "pipe", "inherit"] });
}

async function roundTrip(): Promise<number> {
  const child = cat();
  const count = 3_000;
  const rate = await perSecond(count, async () => {
    for (let i = 0; i < count; i++) {
      child.stdin.write("x".repeat(16));
      await once(child.stdout, "data");
    }
  });
  child.stdin.end();
  await once(child, "exit");
  return 1e6 / rate;
}

/** Sends bytes through `cat` and back. */
async function bulk(): Promise<number> {
  const child = cat();
  const mebibytes = 300;
  const item = new Uint8Array(MIB);
  const rate = await perSecond(mebibytes, async () => {
    const received = new Promise<void>((resolve) => {
      let size = 0;
      child.stdout.on("data", (chunk: Uint8Array) => {
        size += chunk.length;
        if (size === mebibytes * MIB) resolve();
      });
    });
    for (let i = 0; i < mebibytes; i++) {
      if (!child.stdin.write(item)) await once(child.stdin, "drain");
    }
    await received;
  });
  child.stdin.end();
  await once(child, "exit");
  return rate;
}

const through = await rounds(3, bulk);
console.log(JSON.stringify({
  start: await rounds(9, emptyDeno),
  roundTrip: await rounds(3, roundTrip),
  up: through,
  down: through,
}));
