#!/bin/sh
# serialize-javascript keeps Infinity, but turns NaN and invalid dates into null, and -0 into 0.
#
# Version: npm serialize-javascript 7.1.4, on Node 24.22.3.
# To be expected: it exists to keep what JSON loses, and it does keep Infinity; so NaN as well.
# Behaviour: NaN is null, in Sets and as a key of Maps, too. What reads it back and calculates gets
# 0 where NaN would have gone on (null + 1 is 1).
#> {"a":Infinity,"b":null,"c":0,"d":undefined}
#> new Set([null])
#> new Map([[null,1]])
#> {"at":null}
#> {"at":new Date("1970-01-01T00:00:00.000Z")}
. "$(dirname "$0")/_lib.sh"
node_packages serialize-javascript@7.1.4

cat >run.mjs <<'JS'
import serialize from "serialize-javascript";
console.log(serialize({ a: Infinity, b: NaN, c: -0, d: undefined }));
console.log(serialize(new Set([NaN])));
console.log(serialize(new Map([[NaN, 1]])));
console.log(serialize({ at: new Date(NaN) }));
console.log(serialize({ at: new Date(0) }));
JS
see node run.mjs
