import { Group } from "../../mod.ts";
import { conformance } from "./suite.ts";

conformance("process", () => new Group().makeGateway("popen//execmodel=process"), {
  isolated: true,
});
