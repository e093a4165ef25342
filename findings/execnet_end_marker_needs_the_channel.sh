#!/bin/sh
# execnet gives a callback its items, but not its end marker, unless somebody holds the channel.
#
# Version: Debian's python3-execnet 1.9.0-1, on Python 3.11.
# To be expected: setcallback() keeps what it needs: the callback is called with each item and at the end.
# Behaviour: the gateway knows its channels by weak references, and the callback by the channel's number. A
# channel that nobody holds is collected: the items still arrive, the end marker does not. So whoever
# waits for it waits for ever, in code that looks complete.
#> held: items [1, 2], end marker True
#> not held: items [1, 2], end marker False
. "$(dirname "$0")/_lib.sh"
debian_packages python3-execnet=1.9.0-1 python3-apipkg=3.0.1-1
export PYTHONPATH="$FOLDER/debian/usr/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE=1

cat >run.py <<'PY'
import sys
import threading

import execnet


def watch(hold):
    items = []
    ended = threading.Event()
    gateway = execnet.makegateway("popen//python=" + sys.executable)
    channel = gateway.remote_exec("channel.send(1); channel.receive(); channel.send(2)")
    channel.setcallback(lambda item: items.append(item) if item else ended.set(), endmarker=None)
    channel.send(None)
    if not hold:
        del channel
    marked = ended.wait(4)
    print(f"{'held' if hold else 'not held'}: items {items}, end marker {marked}")


watch(hold=True)
watch(hold=False)
execnet.default_group.terminate(1)
PY
see /usr/bin/python3 run.py
