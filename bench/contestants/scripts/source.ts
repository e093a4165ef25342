import { makeGateway } from "@x/execnet";
await using gw = await makeGateway();
console.log(await gw.remoteExec(`await channel.send(1 + 2)`).receive());
