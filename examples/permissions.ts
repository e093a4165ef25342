/**
 * Shows what a gateway may do: nothing, unless its spec grants it; and how one execution gets less.
 *
 *     deno run --allow-run --allow-env examples/permissions.ts
 *
 * @module
 */
import { Group, type RemoteError, SpecError } from "@x/execnet";

const lines = (path: string) => Deno.readTextFileSync(path).trimEnd().split("\n").length > 0;

await using group = new Group();

// Nothing is granted by default, whatever this process may do. The message says what would.
const plain = await group.makeGateway("popen//id=plain");
await plain.call(lines, "/etc/hosts").catch((error: RemoteError) => {
  console.log(`plain: ${error.name}: ${error.message}`);
});

// A grant, less what is denied of it.
const reader = await group.makeGateway({
  popen: true,
  id: "reader",
  permissions: { read: ["/etc"], sys: ["hostname"] },
  deny: { read: ["/etc/shadow"] },
});
console.log("reader reads /etc/hosts:", await reader.call(lines, "/etc/hosts"));
await reader.call(lines, "/etc/shadow").catch((error: RemoteError) => {
  console.log(`reader: ${error.name}: ${error.message}`);
});

// One execution gets less than its gateway, in a process of its own.
const less = { permissions: { read: ["/etc/hosts"] } };
const channel = reader.remoteExec(
  `for (const path of ["/etc/hosts", "/etc/passwd"]) {
     try {
       Deno.readTextFileSync(path);
       await channel.send(path + ": read");
     } catch (error) {
       await channel.send(path + ": " + error.name);
     }
   }`,
  undefined,
  less,
);
for await (const outcome of channel) console.log(`less: ${outcome}`);

// But never more: that is refused before anything starts.
try {
  reader.remoteExec(`return`, undefined, { permissions: { read: ["/etc/shadow"], net: true } });
} catch (error) {
  if (error instanceof SpecError) console.log(`more: ${error.message}`);
}
