/** A line for each message: capnweb's are JSON, which holds no newline. */
export function lineTransport(input, output) {
  const lines = [];
  const waiting = [];
  let rest = "";
  input.setEncoding("utf8");
  input.on("data", (text) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop();
    for (const part of parts) {
      const next = waiting.shift();
      if (next) next.resolve(part);
      else lines.push(part);
    }
  });
  input.on("end", () => {
    for (const { reject } of waiting.splice(0)) reject(new Error("the stream has ended"));
  });
  output.on("error", () => {}); // a session says goodbye to a peer that has ended
  return {
    send: (message) => void output.write(`${message}\n`),
    receive() {
      if (lines.length > 0) return Promise.resolve(lines.shift());
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
  };
}
