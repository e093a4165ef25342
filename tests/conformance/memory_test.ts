import { makeMemoryGateway } from "../support/memory_gateway.ts";
import { conformance } from "./suite.ts";

conformance("memory", makeMemoryGateway);
