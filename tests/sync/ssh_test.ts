import { assertEquals } from "@std/assert";
import { pull, push } from "../../sync.ts";
import { Sshd, sshTest, startOverSsh } from "../support/hosts/sshd.ts";
import { attributesOf, Trees } from "../support/trees.ts";

sshTest(
  "push and pull work over a real sshd, with the grants of the directory alone",
  async () => {
    await using sshd = await Sshd.start();
    await using trees = await Trees.make();
    trees.write("here", { a: "1", "d/b": "2", large: new Uint8Array(2_000_000).fill(7) });
    const permissions = { read: [trees.there], write: [trees.there] };
    await using gateway = await startOverSsh(sshd, { permissions });
    const target = { gateway, path: trees.there };
    assertEquals((await push(trees.here, target)).created, 3);
    assertEquals(attributesOf(trees.there), attributesOf(trees.here));
    await pull(target, trees.path("outside"));
    assertEquals(attributesOf(trees.path("outside")), attributesOf(trees.here));
  },
);
