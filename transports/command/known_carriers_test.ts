import { assertEquals } from "@std/assert";
import { splitWords } from "../shell/words.ts";
import { endsFarSide } from "./known_carriers.ts";

Deno.test("endsFarSide() knows commands that make a place of their own at each start", () => {
  const commands: [string, boolean][] = [
    ["srun -n1", true],
    ["/opt/slurm/bin/srun --overlap", true],
    ["podman run -i --rm --init image", true],
    ["podman --runtime runc run -i image", true],
    ["docker run -i image", true],
    ["podman exec -i run", false],
    ["docker exec -i box", false],
    ["sudo -n -u nobody", false],
    ["mpirun -n 1", false],
  ];
  for (const [command, ends] of commands) {
    assertEquals(endsFarSide(splitWords(command, "command")), ends, command);
  }
});
