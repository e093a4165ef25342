import { makeGateway } from "@x/execnet";
await using gw = await makeGateway();
console.log(await gw.call((a: number, b: number) => a + b, 1, 2));
