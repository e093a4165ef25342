#!/bin/sh
# @ungap/structured-clone turns the message of an AggregateError into its errors, a letter each.
#
# Version: npm @ungap/structured-clone 1.4.0, on Node 24.22.3.
# To be expected: as V8's structuredClone: an Error that keeps its message and loses its errors.
# Behaviour: the class is kept, the message is gone, and `errors` has a string for each letter of
# it: whoever counts failures by errors.length counts letters.
#> structuredClone: Error "2 of 9 hosts failed", errors: undefined
#> @ungap/structured-clone: AggregateError "", errors: "2"," ","o","f"," ","9"," ","h","o","s","t","s"," ","f","a","i","l","e","d"
. "$(dirname "$0")/_lib.sh"
node_packages @ungap/structured-clone@1.4.0

cat >run.mjs <<'JS'
import { deserialize, serialize } from "@ungap/structured-clone";
const error = new AggregateError([new Error("web1"), new Error("web2")], "2 of 9 hosts failed");
const show = (title, { constructor, message, errors }) =>
  console.log(`${title}: ${constructor.name} ${JSON.stringify(message)}, errors: ${errors?.map((each) => JSON.stringify(each))}`);
show("structuredClone", structuredClone(error));
show("@ungap/structured-clone", deserialize(serialize(error)));
JS
see node run.mjs
