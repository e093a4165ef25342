#!/bin/sh
# Deno reads a plain folder as the JSR registry: JSR_URL may be a file: URL, and checksums are
# ignored.
#
# Version: Deno 2.9.6.
# To be expected: JSR_URL names a server; a file: URL is refused, or ignored, or at least the
# checksum in the version's manifest has to be right, and the first answer is cached.
# Behaviour: versions are chosen from meta.json and exports from the version's manifest, without any
# network permission. The modules are local files then: read anew each time, changed or not, and
# import.meta.url leads into the folder. So a package can be tried as its users will import it.
#> version 1.2.0
#> version 1.2.0, changed
#> imported from jsr/@scope/name/1.2.0/mod.ts
. "$(dirname "$0")/_lib.sh"
deno_packages

package=jsr/@scope/name
mkdir -p $package/1.2.0
echo '{"scope":"scope","name":"name","latest":"1.2.0","versions":{"1.0.0":{},"1.2.0":{}}}' >$package/meta.json
echo 'console.log("version 1.2.0"); export const url: string = import.meta.url;' >$package/1.2.0/mod.ts
sum=$(sha256sum $package/1.2.0/mod.ts | cut -d' ' -f1)
size=$(wc -c <$package/1.2.0/mod.ts)
echo "{\"manifest\":{\"/mod.ts\":{\"size\":$size,\"checksum\":\"sha256-$sum\"}},\"exports\":{\".\":\"./mod.ts\"}}" \
  >$package/1.2.0_meta.json
echo 'import { url } from "jsr:@scope/name@^1.0.0"; if (Deno.args[0]) console.log("imported from", url.slice(Deno.args[0].length));' >run.ts
run() {
  export JSR_URL="file://$FOLDER/jsr/"
  deno run --no-lock run.ts
  sed -i 's/1.2.0"/1.2.0, changed"/' $package/1.2.0/mod.ts
  deno run --no-lock run.ts "file://$FOLDER/"
}
see run
