/**
 * `deno task bench:peers`: the same work by others, in one run. Needs Node and npm on the path, and
 * Debian's `python3-execnet`; contestants that are missing are left out.
 */
import { npmInstall } from "./npm.ts";
import { compete, OWN, peers } from "./run.ts";

const others = peers({
  kkrpc: await npmInstall("kkrpc", "0.2.2"),
  capnweb: await npmInstall("capnweb", "0.12.0"),
  tinypool: await npmInstall("tinypool", "2.2.0"),
});
await compete([...OWN, ...others], 3);
