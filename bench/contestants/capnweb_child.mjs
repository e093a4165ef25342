import { lineTransport } from "./capnweb_transport.mjs";

const { RpcSession, RpcTarget } = await import(process.argv[2]);

class Echo extends RpcTarget {
  echo(item) {
    return item;
  }
}

new RpcSession(lineTransport(process.stdin, process.stdout), new Echo());
