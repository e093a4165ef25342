/**
 * Sends a module with all that it imports. It runs where none of its files are.
 *
 *     deno run --allow-run --allow-env --allow-read --allow-write examples/remote_module.ts
 *
 * (Reading is for the module's files, writing for the copy that `deno bundle` works on.)
 *
 * @module
 */
import { makeGateway, RemoteError } from "@x/execnet";

await using gw = await makeGateway(); // it may read nothing
const channel = gw.remoteExec<[word: string, count: number], string>(
  new URL("./remote_module/count_words.ts", import.meta.url),
  { top: 2 },
);
await channel.send("the quick dog and the lazy dog and the cat");
for await (const [word, count] of channel) console.log(`${word}: ${count}`);

// Its errors are told by its own files and lines.
const failing = gw.remoteExec(new URL("./remote_module/count_words.ts", import.meta.url), {
  top: -1,
});
try {
  await failing.waitClose();
} catch (error) {
  if (!(error instanceof RemoteError)) throw error;
  const place = /[^/]+\.ts:\d+/.exec(error.remoteStack)?.[0];
  console.log(`${error.name} in ${place}: ${error.message}`);
}
