import { assertEquals } from "@std/assert";
import { testWith } from "../tests/support/needs.ts";
import { signalGroupBy } from "./shell.ts";

for (const shell of ["dash", "bash", "zsh", "busybox sh"]) {
  const [program, ...args] = shell.split(" ");
  testWith(
    ["linux", "setsid", program],
    `signalGroupBy() reaches a group by ${shell}`,
    async () => {
      const script = `${signalGroupBy("0", "$$")} || exit 1
sleep 600 &
trap : TERM
${signalGroupBy("TERM", "$$")}
wait
PATH=/dev/null/ kill -0 $! 2>/dev/null || exit 7`;
      const { code } = await new Deno.Command("setsid", {
        args: ["--wait", program, ...args, "-c", script],
      }).output();
      assertEquals(code, 7);
    },
  );
}
