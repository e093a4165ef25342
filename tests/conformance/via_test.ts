import { Group } from "../../mod.ts";
import { conformance } from "./suite.ts";

/** The middle one ends with its group, when what is behind it has ended. */
async function makeFar(middle: string, spec: string, key = "via") {
  const group = new Group();
  await group.makeGateway(`${middle}//id=middle`);
  const far = await group.makeGateway(`${spec}//id=far//${key}=middle`);
  const terminate = far.terminate.bind(far);
  far.terminate = async (options) => {
    const exit = await terminate(options);
    await group.terminate();
    return exit;
  };
  return far;
}

conformance("via", () => makeFar("popen//allow-run=/bin/sh", "popen"));
conformance("installvia", () => makeFar("popen//allow-run=/bin/sh", "tcp=0", "installvia"));
