import { assertEquals } from "@std/assert";
import { GatewayClosedError, type GatewaySpec, Group } from "../../mod.ts";
import { testWith } from "../support/needs.ts";
import { Sshd, sshTest } from "../support/hosts/sshd.ts";

/** Starts a daemon that keeps all descriptors it gets, and ends the gateway, which a call waits for. */
async function endsBesideDaemon(spec: GatewaySpec): Promise<void> {
  await using group = new Group();
  const gw = await group.makeGateway({ ...spec, permissions: { run: ["setsid"] } });
  const daemon = await gw.call(startsDaemon);
  try {
    const pending = gw.call(() => new Promise<Error>(() => {})).catch((error: Error) => error);
    gw.remoteExec(`Deno.exit(3)`);
    const error = await pending;
    assertEquals(error instanceof GatewayClosedError, true, String(error));
    const { reason, code } = await gw.closed;
    assertEquals([reason, code], ["exit", 3]);
    Deno.kill(daemon, "SIGKILL"); // fails if it has ended, so nothing has waited for it
  } catch (error) {
    Deno.kill(daemon, "SIGKILL");
    throw error;
  }
}

async function startsDaemon(): Promise<number> {
  const child = new Deno.Command("setsid", { args: ["sh", "-c", "echo up; exec sleep 15"] })
    .spawn();
  await new Promise((resolve) => setTimeout(resolve, 200));
  return child.pid;
}

testWith(["linux", "setsid"], "a daemon that remote code leaves delays no end (popen)", () => {
  return endsBesideDaemon({ popen: true });
});
testWith(["linux", "setsid"], "a daemon that remote code leaves delays no end (command)", () => {
  return endsBesideDaemon({ command: "env", deno: Deno.execPath() });
});
sshTest("a daemon that remote code leaves delays no end", async () => {
  await using sshd = await Sshd.start();
  await endsBesideDaemon({ ...sshd.spec, deno: Deno.execPath() });
}, ["setsid"]);
