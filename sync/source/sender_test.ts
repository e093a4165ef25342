import { assertEquals, assertRejects } from "@std/assert";
import { settingsOf } from "../options.ts";
import { ChannelClosedError } from "../../errors.ts";
import { inTime } from "../../tests/support/deadline.ts";
import { Sender, type SenderInit } from "./sender.ts";
import { sourceOf } from "./source.ts";

interface Message {
  type: string;
  directory?: string;
}

/** Sends the tree at `root`; `answer` gives what the other side says to each message. */
async function send(root: string, answer: (message: Message) => unknown[]): Promise<Message[]> {
  const sent: Message[] = [];
  const answers = new TransformStream<unknown>({}, undefined, { highWaterMark: Infinity });
  const writer = answers.writable.getWriter();
  const settings = { ...settingsOf({}), compress: false, minDelta: undefined };
  const reporter = { error() {}, skip() {}, change() {}, flush: () => Promise.resolve() };
  await new Sender({
    ...sourceOf(root, settings, undefined, reporter),
    link: {
      send(message) {
        sent.push(message as Message);
        for (const each of answer(message as Message)) writer.write(each);
        if ((message as Message).type === "end") writer.close();
        return Promise.resolve();
      },
      [Symbol.asyncIterator]: () => answers.readable[Symbol.asyncIterator](),
    },
    settings,
    reporter,
    accepts: undefined,
    told() {},
    stop: () => void writer.abort().catch(() => {}),
  }).run();
  return sent;
}

Deno.test("a sender lists no more than the other side answers, however small the directories", async () => {
  const root = await Deno.makeTempDir();
  for (let i = 0; i < 300; i++) Deno.mkdirSync(`${root}/${i}`);
  let open = 0;
  let most = 0;
  const sent = await send(root, ({ type, directory }) => {
    if (type !== "list") return [];
    most = Math.max(most, ++open);
    if (open < 64 && directory !== "99") return [];
    const answers = Array(open).fill({ type: "want", upTo: 300, ids: [], hashes: [] });
    open = 0;
    return answers;
  });
  assertEquals([most, sent.filter(({ type }) => type === "list").length], [64, 301]);
  await Deno.remove(root, { recursive: true });
});

const SUMS = { block: 1024, weak: new Uint32Array(1), strong: new Uint8Array(16) };

const HOSTILE: Record<string, unknown> = {
  "a wish for what was not listed": { type: "want", upTo: 1, ids: [7], hashes: [undefined] },
  "a wish for a directory": { type: "want", upTo: 2, ids: [1], hashes: [undefined] },
  "an answer about what is to come": { type: "want", upTo: 9, ids: [], hashes: [] },
  "a wish without hashes": { type: "want", upTo: 1, ids: [0], hashes: [] },
  "a path that leads out": { type: "ask", paths: ["../x"], numbers: new Float64Array(4) },
  "sums of what was not listed": { type: "delta", id: 7, sums: SUMS },
  "sums with blocks of no length": { type: "delta", id: 0, sums: { ...SUMS, block: 0 } },
  "fewer strong sums than weak ones": {
    type: "delta",
    id: 0,
    sums: { ...SUMS, weak: new Uint32Array(2) },
  },
  "news of a file that was not sent": { type: "settled", id: 0, isAgain: true },
  "nothing": null,
  "an unknown message": { type: "give" },
};

for (const [what, message] of Object.entries(HOSTILE)) {
  Deno.test(`a sender ends when the other side sends ${what}`, async () => {
    const root = await Deno.makeTempDir();
    Deno.writeTextFileSync(`${root}/a`, "1");
    Deno.mkdirSync(`${root}/d`);
    await assertRejects(
      () => send(root, ({ type }) => type === "listed" ? [message] : []),
      Error,
      "the other side of the sync sent",
    );
    await Deno.remove(root, { recursive: true });
  });
}

Deno.test("a sender that is asked by a side that has ended then waits for nothing", async () => {
  const root = await Deno.makeTempDir();
  const settings = { ...settingsOf({}), compress: false, minDelta: undefined };
  const reporter = { error() {}, skip() {}, change() {}, flush: () => Promise.resolve() };
  const sender = new Sender({
    ...sourceOf(root, settings, undefined, reporter),
    link: {
      send: ({ type }: Message) =>
        type === "answer" ? Promise.reject(new ChannelClosedError("ended")) : Promise.resolve(),
      async *[Symbol.asyncIterator]() {
        yield await Promise.resolve({ type: "ask", paths: [], numbers: new Float64Array() });
      },
    },
    settings,
    reporter,
    accepts: undefined,
    told() {},
    stop() {},
  } as SenderInit);
  await inTime("the end of the sender", sender.run());
  await Deno.remove(root, { recursive: true });
});
