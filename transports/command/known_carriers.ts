/**
 * Commands whose behaviour is known, by the name of their program.
 *
 * @module
 */

/**
 * Whether a command makes a place of its own at each start, and ends what runs there when it gets
 * SIGTERM. A script that it is to start beside it would get another place, or wait in a queue for it.
 */
export function endsFarSide([program, ...words]: readonly string[]): boolean {
  switch (program.replace(/^.*\//, "")) {
    case "srun":
      return true;
    case "docker":
    case "podman":
      return words.includes("run") && !words.includes("exec");
    default:
      return false;
  }
}
