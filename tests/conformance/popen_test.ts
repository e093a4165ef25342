import { Group } from "../../mod.ts";
import { conformance } from "./suite.ts";

conformance("popen", () => new Group().makeGateway("popen"));
