/** Sent by ../remote_module.ts: says which words of a text come most often. */
import type { Channel } from "@x/execnet";
import { ranked } from "./ranked.ts";

type Counted = [word: string, count: number];

export default async function countWords(channel: Channel<string, Counted>, args: { top: number }) {
  if (args.top < 0) throw new RangeError(`there is no top ${args.top}`);
  const words = (await channel.receive()).split(/\s+/);
  for (const counted of ranked(words).slice(0, args.top)) await channel.send(counted);
}
