import { Group } from "../../mod.ts";
import { conformance } from "./suite.ts";

/** The middle one ends with its group, when what is behind it has ended. */
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
