/**
 * A work queue over a multi-channel: each worker asks for a task, works, and asks for the next. The
 * queue is here, so a quick worker gets more. (`Group.map` does this and more; here is what is inside.)
 *
 *     deno run --allow-run --allow-env examples/taskserver.ts
 *
 * @module
 */
import { type Channel, Group } from "@x/execnet";

interface Done {
  task: number;
  factors: number[];
}

/** Runs in each gateway: a first word, then an answer for each task, until there are no more. */
async function worker(channel: Channel<number, Done | "ready">): Promise<void> {
  await channel.send("ready");
  for await (const task of channel) {
    const factors: number[] = [];
    let rest = task;
    for (let factor = 2; rest > 1; factor++) {
      for (; rest % factor === 0; rest /= factor) factors.push(factor);
    }
    await channel.send({ task, factors });
  }
}

const tasks = Array.from({ length: 12 }, (_, i) => 1000 + i);
const waiting = tasks.values();
const answers: Done[] = [];

await using group = await Group.open(["popen", "popen", "popen"]);
const workers = group.remoteExec(worker);

// In the order of arrival, until all workers have ended.
for await (const [channel, message] of workers) {
  if (message !== "ready") answers.push(message);
  const { value: task, done } = waiting.next();
  if (done) channel.closeSend();
  else await channel.send(task);
}

answers.sort((a, b) => a.task - b.task);
for (const { task, factors } of answers) console.log(`${task} = ${factors.join(" × ")}`);
