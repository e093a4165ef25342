/**
 * `deno task bench:peers`: the same work by others, in one run. Needs Node and npm on the path, and
 * Debian's `python3-execnet`; contestants that are missing are left out.
 */
import { npmInstall } from "./npm.ts";
import { compete, OWN, peers } from "./run.ts";

await compete([...OWN, ...peers(await npmInstall("kkrpc", "0.2.2"))], 3);
