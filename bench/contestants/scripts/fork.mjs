import { fork } from "node:child_process";

const child = fork(new URL("../fork_child.mjs", import.meta.url));
child.on("message", (sum) => {
  console.log(sum);
  child.kill();
});
child.send(3);
