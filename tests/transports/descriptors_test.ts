import { assertEquals } from "@std/assert";
import { makeGateway } from "../../mod.ts";
import { inTime, until } from "../support/deadline.ts";
import { testWith } from "../support/needs.ts";

const O_NONBLOCK = 0o4000;

/** Whether a descriptor is non-blocking: sockets are, files are not. */
async function readsBySocket(pid: number): Promise<boolean> {
  const info = await Deno.readTextFile(`/proc/${pid}/fdinfo/3`);
  const flags = /^flags:\s+(\d+)$/m.exec(info)?.[1];
  return (Number.parseInt(flags ?? "0", 8) & O_NONBLOCK) !== 0;
}

testWith(
  ["linux"],
  "a gateway that is left alone goes over to sockets, and takes what follows",
  async () => {
    await using gw = await makeGateway();
    const channel = gw.remoteExec(`for await (const item of channel) await channel.send(item);`);
    await until("sockets", () => readsBySocket(gw.remote.pid));
    await channel.send("through sockets");
    assertEquals(await inTime("the echo", channel.receive()), "through sockets");
  },
);
