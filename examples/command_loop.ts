/**
 * Keeps a module running elsewhere, and has it carry out commands. The module is this file: it
 * tells by `channel` whether it was sent.
 *
 *     deno run --allow-run --allow-env --allow-read examples/command_loop.ts
 *
 * @module
 */
import type { Channel } from "@x/execnet";

type Command = { add: number } | { forget: true } | { sum: true };

declare const channel: Channel<Command, number> | undefined;

if (typeof channel === "undefined") {
  await control();
} else {
  await obey(channel);
}

/** Runs here. */
async function control(): Promise<void> {
  // Imported only here, so that nothing of it has to be sent.
  const name = "@x/execnet";
  const { makeGateway }: typeof import("@x/execnet") = await import(name);
  await using gw = await makeGateway();
  const there = gw.remoteExec<number, Command>(new URL(import.meta.url));
  const commands: Command[] = [{ add: 2 }, { add: 40 }, { sum: true }, { forget: true }, {
    sum: true,
  }];
  for (const command of commands) await there.send(command);
  there.closeSend();
  for await (const sum of there) console.log("sum:", sum);
}

/** Runs there, and keeps what it is told in between. */
async function obey(channel: Channel<Command, number>): Promise<void> {
  let numbers: number[] = [];
  for await (const command of channel) {
    if ("add" in command) numbers.push(command.add);
    else if ("forget" in command) numbers = [];
    else await channel.send(numbers.reduce((sum, n) => sum + n, 0));
  }
}
