/** `deno task bench`: this package beside the best that the machine can do. */
import { compete, OWN } from "./run.ts";

await compete(OWN, 3);
