"""Whole scripts, from the start of their process to its end; prints one line of JSON.

The argument is a JSON object: a command for each row. Rows get milliseconds; rows of the same name
with "Peak" get the MiB of the process that took most, be it the script or one that it waited for.
"""
import json
import os
import statistics
import sys
import time

ROUNDS = 11


def run(command):
    began = time.perf_counter()
    output = os.open(os.devnull, os.O_WRONLY)
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_DUP2, output, 1),
    ])
    _, status, usage = os.wait4(pid, 0)
    elapsed = time.perf_counter() - began
    os.close(output)
    if status != 0:
        sys.exit(f"{command} ended with {status}")
    return elapsed * 1e3, usage.ru_maxrss / 1024


results = {}
for key, command in json.loads(sys.argv[1]).items():
    run(command)
    runs = [run(command) for _ in range(ROUNDS)]
    results[key] = statistics.median(elapsed for elapsed, _ in runs)
    results[f"{key}Peak"] = statistics.median(peak for _, peak in runs)
print(json.dumps(results))
