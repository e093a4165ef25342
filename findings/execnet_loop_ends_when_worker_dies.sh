#!/bin/sh
# execnet's `for item in channel` ends normally when the worker's process dies, and errors are told once.
#
# Version: Debian's python3-execnet 1.9.0-1, on Python 3.11.
# To be expected: a loop ends without an error only if the far side has closed or finished; receive() raises EOFError.
# Behaviour: the loop takes that EOFError for its end, so half of the items look like all of them. A
# callback gets the same end marker for a result, an error and a death. waitclose() behind the loop does
# raise, but an error that receive() or an earlier waitclose() has raised is not raised again.
#> finished: loop gives [1, 2], waitclose() nothing
#> killed: loop gives [1, 2], waitclose() EOFError
#> failed: loop gives RemoteError, waitclose() nothing
#> finished: callback gets [1, 2, 'END']
#> killed: callback gets [1, 2, 'END']
#> failed: callback gets [1, 2, 'END']
. "$(dirname "$0")/_lib.sh"
debian_packages python3-execnet=1.9.0-1 python3-apipkg=3.0.1-1
export PYTHONPATH="$FOLDER/debian/usr/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE=1

cat >run.py <<'PY'
import sys
import threading

import execnet

ENDS = {
    "finished": "",
    "killed": "import os; os._exit(1)",
    "failed": "raise ValueError()",
}


def start(how):
    gateway = execnet.makegateway("popen//python=" + sys.executable)
    return gateway.remote_exec("channel.send(1); channel.send(2); " + ENDS[how])


def outcome(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__


for how in ENDS:
    channel = start(how)
    items = outcome(lambda: list(channel))
    end = outcome(lambda: channel.waitclose(10)) or "nothing"
    print(f"{how}: loop gives {items}, waitclose() {end}")
for how in ENDS:
    items = []
    ended = threading.Event()

    def take(item):
        items.append(item)
        if item == "END":
            ended.set()

    channel = start(how)
    channel.setcallback(take, endmarker="END")
    ended.wait(10)
    print(f"{how}: callback gets {items}")
execnet.default_group.terminate(1)
PY
# Its stderr has the errors that nobody asked for, when their channel is collected.
run() {
  /usr/bin/python3 run.py 2>/dev/null
}
see run
