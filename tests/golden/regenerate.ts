/**
 * Regenerates `wire.json` from `samples.ts`:
 *
 *     deno run --allow-write=tests/golden tests/golden/regenerate.ts && deno fmt tests/golden
 *
 * A change of existing bytes is a change of the protocol: raise `PROTOCOL_VERSION`
 * and say so in PROTOCOL.md. New lines alone are not.
 */

import { ItemCodec } from "../../protocol/items.ts";
import { FRAMES, ITEMS, PREAMBLE, REFERENCES } from "./samples.ts";

const codec = new ItemCodec(REFERENCES);

function hexOf(samples: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  return Object.fromEntries(Object.entries(samples).map(([name, bytes]) => [name, bytes.toHex()]));
}

const items = Object.entries(ITEMS).map(([name, item]) => [name, codec.encode(item).slice()]);
const wire = {
  preamble: PREAMBLE.toHex(),
  frames: hexOf(FRAMES),
  items: hexOf(Object.fromEntries(items)),
};
await Deno.writeTextFile(
  new URL("wire.json", import.meta.url),
  JSON.stringify(wire, undefined, 2) + "\n",
);
