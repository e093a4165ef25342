const { pathToFileURL } = await import("node:url");
const { NodeIo, RPCChannel } = await import(pathToFileURL(process.argv[2]));
new RPCChannel(new NodeIo(process.stdin, process.stdout), {
  expose: { echo: (item) => Promise.resolve(item) },
});
