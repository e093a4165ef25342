#!/bin/sh
# msgpackr's UnpackrStream gives a Map where unpack() gives an object, for the same bytes.
#
# Version: npm msgpackr 2.1.4, with messages by @msgpack/msgpack 3.1.3, on Node 24.22.3.
# To be expected: the stream only finds the messages' ends; what it gives is what unpack() gives.
# Behaviour: the stream reads plain maps as Maps: message.id is undefined, and JSON.stringify gives {}.
# What PackrStream has written is read as objects, as it is sent in msgpackr's own record form: so it shows
# only when another library writes.
#> unpack: Object { id: 1 }
#> UnpackrStream: Map Map(1) { 'id' => 1 }
#> UnpackrStream, written by PackrStream: Object { id: 1 }
#> UnpackrStream with mapsAsObjects: Object { id: 1 }
. "$(dirname "$0")/_lib.sh"
node_packages msgpackr@2.1.4 @msgpack/msgpack@3.1.3

cat >run.mjs <<'JS'
import { Readable } from "node:stream";
import { encode } from "@msgpack/msgpack";
import { PackrStream, unpack, UnpackrStream } from "msgpackr";
const message = { id: 1 };
const bytes = Buffer.from(encode(message));
const show = (title, value) => console.log(`${title}:`, value.constructor.name, value);
const first = async (stream) => {
  for await (const item of stream) return item;
};
show("unpack", unpack(bytes));
show("UnpackrStream", await first(Readable.from([bytes]).pipe(new UnpackrStream())));
const packed = Readable.from([message]).pipe(new PackrStream());
show("UnpackrStream, written by PackrStream", await first(packed.pipe(new UnpackrStream())));
const objects = new UnpackrStream({ mapsAsObjects: true });
show("UnpackrStream with mapsAsObjects", await first(Readable.from([bytes]).pipe(objects)));
JS
see node run.mjs
