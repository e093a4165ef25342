import { Group } from "../../mod.ts";
import { has } from "../support/needs.ts";
import { Sshd, SSHD_PROGRAMS } from "../support/hosts/sshd.ts";
import { conformance } from "./suite.ts";

let sshd: Sshd;
let group: Group;
const available = has(SSHD_PROGRAMS);
if (available) {
  Deno.test.beforeAll(async () => {
    sshd = await Sshd.start({ shared: true });
    group = await Group.open(["popen//id=gate//allow-run=ssh"]);
  });
  Deno.test.afterAll(async () => {
    await group.terminate();
    await sshd[Symbol.asyncDispose]();
  });
}

conformance(
  "via ssh",
  () => group.makeGateway({ ...sshd.spec, via: "gate" }),
  { ignore: !available },
);
