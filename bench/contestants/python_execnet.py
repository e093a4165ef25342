"""Python's execnet; prints one line of JSON."""
import json
import statistics
import time

import execnet

ECHO = "for item in channel: channel.send(item)"
SMALL = {"id": 7, "name": "resize", "tags": ["a", "b"], "ok": True, "score": 1.5}
MIB = 1024 * 1024
IN_FLIGHT = 2000


def rounds(count, work):
    return statistics.median(work() for _ in range(count))


def launch(group):
    gateway = group.makegateway("popen")
    return gateway, gateway.remote_exec("channel.send(1)")


def start():
    group = execnet.Group()
    began = time.perf_counter()
    launch(group)[1].receive()
    elapsed = time.perf_counter() - began
    group.terminate(1)
    return elapsed * 1e3


def start_many():
    group = execnet.Group()
    began = time.perf_counter()
    for _, channel in [launch(group) for _ in range(16)]:
        channel.receive()
    elapsed = time.perf_counter() - began
    group.terminate(1)
    return elapsed * 1e3


def round_trip(channel, count=2000):
    began = time.perf_counter()
    for i in range(count):
        channel.send(i)
        channel.receive()
    return (time.perf_counter() - began) * 1e6 / count


def echo_rate(channel, item, count):
    began = time.perf_counter()
    for _ in range(IN_FLIGHT):
        channel.send(item)
    for _ in range(count - IN_FLIGHT):
        channel.receive()
        channel.send(item)
    for _ in range(IN_FLIGHT):
        channel.receive()
    return count / (time.perf_counter() - began)


def upload(gateway, count=200):
    channel = gateway.remote_exec(
        "for _ in range(%d): channel.receive()\nchannel.send(1)" % count
    )
    item = bytes(MIB)
    began = time.perf_counter()
    for _ in range(count):
        channel.send(item)
    channel.receive()
    return count / (time.perf_counter() - began)


def download(gateway, count=200):
    began = time.perf_counter()
    channel = gateway.remote_exec(
        "item = bytes(%d)\nfor _ in range(%d): channel.send(item)" % (MIB, count)
    )
    for _ in range(count):
        channel.receive()
    return count / (time.perf_counter() - began)


def run(gateway, count=500):
    began = time.perf_counter()
    for _ in range(count):
        gateway.remote_exec("channel.send(1)").receive()
    return (time.perf_counter() - began) * 1e6 / count


results = {"start": rounds(9, start), "start16": rounds(3, start_many)}
gateway = execnet.makegateway("popen")
channel = gateway.remote_exec(ECHO)
results["roundTrip"] = rounds(3, lambda: round_trip(channel))
results["integers"] = rounds(3, lambda: echo_rate(channel, 7, 20000))
results["objects"] = rounds(3, lambda: echo_rate(channel, SMALL, 20000))
channel.close()
results["up"] = rounds(3, lambda: upload(gateway))
results["down"] = rounds(3, lambda: download(gateway))
results["exec"] = rounds(3, lambda: run(gateway))
gateway.exit()
print(json.dumps(results))
