import { Group } from "../../mod.ts";
import { OLDEST_DENO, oldestDeno } from "../hosts/oldest_deno.ts";
import { conformance } from "./suite.ts";

const deno = await oldestDeno();

conformance(
  `Deno ${OLDEST_DENO}`,
  () => new Group().makeGateway({ popen: true, deno }),
  { ignore: deno === undefined },
);
