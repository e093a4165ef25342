#!/bin/sh
# notepack.io writes whole numbers beyond 64 bits as integers, without their upper bits.
#
# Version: npm notepack.io 3.0.1, on Node 24.22.3.
# To be expected: a float64, as the other MessagePack libraries write a number that no integer type
# holds.
# Behaviour: whatever has no fraction counts as an integer, 1e300 too. No error: 2^64 and 1e300 are
# read back as 0, 1e20 as another number of the same size.
#> 2^64: cf0000000000000000, read back as 0
#> 1e20: cf6bc75e2d63100000, read back as 7766279631452242000
#> -1e20: d39438a1d29cf00000, read back as -7766279631452242000
#> 1e300: cf0000000000000000, read back as 0
#> 1.5: cb3ff8000000000000, read back as 1.5
. "$(dirname "$0")/_lib.sh"
node_packages notepack.io@3.0.1

cat >run.mjs <<'JS'
import notepack from "notepack.io";
const show = (name, value) => {
  const bytes = notepack.encode(value);
  console.log(`${name}: ${bytes.toString("hex")}, read back as ${notepack.decode(bytes)}`);
};
show("2^64", 2 ** 64);
show("1e20", 1e20);
show("-1e20", -1e20);
show("1e300", 1e300);
show("1.5", 1.5);
JS
see node run.mjs
