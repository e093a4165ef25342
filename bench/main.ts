/** `deno task bench`: this package against what the machine gives at best. */
import { compete, OWN } from "./run.ts";

await compete(OWN, 3);
