import { Group } from "../../mod.ts";
import { conformance } from "./suite.ts";

/** Makes a gateway behind another, which ends with its group after the first. */
async function makeFar() {
  const group = new Group();
  await group.makeGateway("popen//id=middle//allow-run=/bin/sh");
  const far = await group.makeGateway("popen//id=far//via=middle");
  const terminate = far.terminate.bind(far);
  far.terminate = async (options) => {
    const exit = await terminate(options);
    await group.terminate();
    return exit;
  };
  return far;
}

conformance("via", makeFar);
