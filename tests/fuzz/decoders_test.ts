/** Mutated bytes do nothing to a decoder but make it throw a ProtocolError. */

import { ProtocolError } from "../../errors.ts";
import { decodeExecRequest, decodeKeptCode, decodeStatusReport } from "../../protocol/control.ts";
import { FrameDecoder } from "../../protocol/frames.ts";
import { ItemCodec } from "../../protocol/items.ts";
import { PreambleDecoder } from "../../protocol/preamble.ts";
import { FRAMES, PREAMBLE } from "../golden/samples.ts";
import wire from "../golden/wire.json" with { type: "json" };
import { assert } from "../support/assert.ts";
import { Mutator, PeakMemory } from "../support/mutate.ts";

const MILLISECONDS = 1_000;
const MOST_MIB = 300;
const MAX_COST = 16 * 2 ** 20;

const ITEMS = Object.values(wire.items).map((hex) => Uint8Array.fromHex(hex));
const FRAME_BYTES = Object.values(FRAMES);
const codec = new ItemCodec({ idOf: () => undefined, byId: () => ({}) }, undefined, MAX_COST);

const DECODERS: Record<
  string,
  { samples: readonly Uint8Array[]; decode(bytes: Uint8Array): void }
> = {
  items: { samples: ITEMS, decode: (bytes) => void codec.decode(bytes) },
  frames: {
    samples: FRAME_BYTES,
    decode: (bytes) => new FrameDecoder().push(new Uint8Array(bytes), () => true),
  },
  preambles: {
    samples: [PREAMBLE],
    decode: (bytes) => void new PreambleDecoder().push(new Uint8Array(bytes)),
  },
  "requests to run code": {
    samples: [FRAMES["EXEC"].subarray(9)],
    decode: (bytes) => void decodeExecRequest(bytes),
  },
  code: {
    samples: [FRAMES["CODE"].subarray(41)],
    decode: (bytes) => void decodeKeptCode(bytes),
  },
  "reports of a status": {
    samples: [FRAMES["STATUS"].subarray(9)],
    decode: (bytes) => void decodeStatusReport(bytes),
  },
};

for (const [what, { samples, decode }] of Object.entries(DECODERS)) {
  Deno.test(`mutated ${what} are refused by a ProtocolError, or taken, in bounded memory`, () => {
    const mutator = new Mutator(what.length);
    const memory = new PeakMemory();
    let count = 0;
    let refused = 0;
    for (const end = performance.now() + MILLISECONDS; performance.now() < end; count++) {
      const bytes = mutator.mutate(mutator.pick(samples), mutator.pick(samples));
      if (count % 100 === 0) memory.look();
      try {
        decode(bytes);
      } catch (error) {
        refused++;
        if (!(error instanceof ProtocolError)) {
          throw new Error(`seed ${what.length}, bytes ${bytes.toHex()}`, { cause: error });
        }
        assert(error.message.length <= 200, error.message);
      }
    }
    const grown = memory.report(`${count} mutated ${what}, ${refused} refused`);
    assert(refused > 0 && grown < MOST_MIB);
  });
}
