import { Group } from "../../mod.ts";
import { conformance } from "./suite.ts";

conformance("command", () => new Group().makeGateway("command=env LC_ALL=C"));
