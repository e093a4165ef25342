import { Group } from "../../mod.ts";
import { has } from "../support/needs.ts";
import { Sshd, SSHD_PROGRAMS } from "../support/hosts/sshd.ts";
import { conformance } from "./suite.ts";

let sshd: Sshd;
const available = has(SSHD_PROGRAMS);
if (available) {
  Deno.test.beforeAll(async () => {
    sshd = await Sshd.start({ shared: true });
  });
  Deno.test.afterAll(() => sshd[Symbol.asyncDispose]());
}

conformance("ssh", () => new Group().makeGateway(sshd.spec), { ignore: !available });
