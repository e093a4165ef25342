/**
 * Sends channels over a channel: one for each job, so that answers cannot be mixed up.
 *
 *     deno run --allow-run --allow-env examples/channels_over_channels.ts
 *
 * @module
 */
import { type Channel, makeGateway } from "@x/execnet";

interface Job {
  word: string;
  letters: Channel<string, string>;
}

/** Takes jobs, and answers each on the channel that came with it. */
async function spell(jobs: Channel<Job>): Promise<void> {
  for await (const { word, letters } of jobs) {
    for (const letter of word) await letters.send(letter);
    letters.closeSend();
  }
}

await using gw = await makeGateway();
const jobs = gw.remoteExec(spell);

const answers = new Map<string, Channel<string, string>>();
for (const word of ["gateway", "channel"]) {
  const letters = gw.newChannel<string, string>();
  await jobs.send({ word, letters });
  answers.set(word, letters);
}
jobs.closeSend();

for (const [word, letters] of answers) {
  const received = await Array.fromAsync(letters);
  console.log(`${word}: ${received.join(" ")}`);
}
await jobs.waitClose();
