import { assertEquals } from "@std/assert";
import { runCase } from "./run_case.ts";

const HEAD = `
  import { makeGateway } from "@x/execnet";
  const lines: string[] = [];
  await using gw = await makeGateway({ popen: true, output: (line) => lines.push(line) });
  const seen = (promise: Promise<unknown>) => promise.catch((error) => error.message);
  const uncaught = async (count: number) => {
    const found = () => lines.filter((line) => line.startsWith("Uncaught"));
    while (found().length < count) await gw.remoteStatus();
    return found();
  };
`;

async function output(program: string): Promise<unknown> {
  const { stdout } = await runCase(HEAD + program);
  return JSON.parse(stdout);
}

/** Waits there until \`go\` is received. */
const WAIT = `async (channel) => await channel.receive()`;

Deno.test("an error that an ended call left behind fails no later one, and is printed", async () => {
  const result = await output(`
    await gw.call(() => void setTimeout(() => { throw new Error("left behind"); }, 50));
    const later = gw.remoteExec(${WAIT});
    const same = gw.call(async () => await new Promise((done) => setTimeout(done, 100, "sound")));
    const printed = await uncaught(1);
    await later.send("go");
    console.log(JSON.stringify([await seen(later.waitClose()), await same, printed.length]));
  `);
  assertEquals(result, [null, "sound", 1]);
});

Deno.test("of two executions of one function, the one that left the promise fails", async () => {
  const result = await output(`
    async function job(channel: any, fails: boolean) {
      await channel.receive();
      if (fails) Promise.reject(new Error("forgotten"));
      await channel.send(await channel.receive());
    }
    const results = [];
    for (const fails of [[true, false, false], [false, true, false], [false, false, true]]) {
      const jobs = fails.map((fail) => gw.remoteExec(job, fail));
      for (const job of jobs) await job.send("begin");
      const first = jobs[fails.indexOf(true)];
      const failed = seen(first.receive());
      const error = await failed;
      for (const job of jobs) if (job !== first) await job.send("sound");
      results.push([error, ...await Promise.all(jobs.filter((job) => job !== first).map((job) => job.receive()))]);
    }
    console.log(JSON.stringify(results));
  `);
  assertEquals(result, Array(3).fill(["forgotten", "sound", "sound"]));
});

Deno.test("what the timer of a function throws that ran before fails nobody, and is printed", async () => {
  const result = await output(`
    async function job(channel: any, fails: boolean) {
      if (fails) setTimeout(() => { throw new Error("late"); });
      await channel.send(await channel.receive());
    }
    const before = gw.remoteExec(job, true);
    const error = await seen(before.receive());
    const [sound, other] = [gw.remoteExec(job, false), gw.remoteExec(job, true)];
    const printed = await uncaught(1);
    for (const job of [sound, other]) await job.send("sound");
    console.log(JSON.stringify([error, await sound.receive(), await other.receive(), printed.length]));
  `);
  assertEquals(result, ["late", "sound", "sound", 1]);
});
