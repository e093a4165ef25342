#!/bin/sh
# In Deno console.log throws once a stream has been piped to Deno.stdout.writable.
#
# Version: Deno 2.9.6.
# To be expected: pipeTo() closes its destination, so later output is lost; but console.log does not
# throw.
# Behaviour: the descriptor's resource is gone, and console.log throws BadResource, which ends a
# program that had done its work: exit status 1. So do Deno.stdout.write and process.stdout.write.
# console.error works. With { preventClose: true } all is well.
#> piped
#> console.log: BadResource: Bad resource ID
#> Deno.stdout.writeSync: BadResource: Bad resource ID
#> process.stdout.write: BadResource: Bad resource ID
#> console.error: fine
. "$(dirname "$0")/_lib.sh"
deno_packages

cat >run.ts <<'TS'
import process from "node:process";
const bytes = (text: string) => new TextEncoder().encode(text);
await ReadableStream.from([bytes("piped\n")]).pipeTo(Deno.stdout.writable);
const attempt = (title: string, write: () => unknown) => {
  try {
    write();
    console.error(`${title}: fine`);
  } catch (error) {
    console.error(`${title}: ${(error as Error).name}: ${(error as Error).message}`);
  }
};
attempt("console.log", () => console.log("lost"));
attempt("Deno.stdout.writeSync", () => Deno.stdout.writeSync(bytes("lost")));
attempt("process.stdout.write", () => process.stdout.write("lost"));
attempt("console.error", () => {});
TS
see deno run -A run.ts
