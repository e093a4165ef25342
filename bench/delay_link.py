"""An IP link with a delay between two network namespaces, where the kernel has no netem.

delay_link.py NAMESPACE_A ADDRESS_A NAMESPACE_B ADDRESS_B ONE_WAY_MS

Prints "ready" when both ends are up; ends with its standard input. Needs root and /dev/net/tun.
"""

import collections
import ctypes
import fcntl
import os
import select
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
TUN_WITHOUT_HEADER = 0x1001
MTU = 1500
MOST_WAITING = 100_000

libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace):
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def end_in(name, address):
    """One end of the link: a descriptor that gives, and takes, whole packets."""
    namespace = os.open(f"/var/run/netns/{name}", os.O_RDONLY)
    enter(namespace)
    os.close(namespace)
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH22x", b"delay0", TUN_WITHOUT_HEADER))
    subprocess.check_call(["ip", "address", "add", address, "dev", "delay0"])
    link = ["ip", "link", "set", "delay0", "mtu", str(MTU), "txqueuelen", "5000", "up"]
    subprocess.check_call(link)
    return end


def forward(a, b, delay):
    other = {a: b, b: a}
    waiting = {a: collections.deque(), b: collections.deque()}
    while True:
        now = time.monotonic()
        for end, packets in waiting.items():
            while packets and packets[0][0] <= now:
                try:
                    os.write(end, packets.popleft()[1])
                except BlockingIOError:
                    pass  # lost, as on a link that is full
        due = [packets[0][0] for packets in waiting.values() if packets]
        timeout = max(0, min(due) - time.monotonic()) if due else None
        readable, _, _ = select.select([a, b, 0], [], [], timeout)
        if 0 in readable:
            return
        for end in readable:
            packets = waiting[other[end]]
            for _ in range(64):
                try:
                    packet = os.read(end, 65536)
                except BlockingIOError:
                    break
                if len(packets) < MOST_WAITING:
                    packets.append((time.monotonic() + delay, packet))


def main(name_a, address_a, name_b, address_b, one_way_ms):
    a, b = end_in(name_a, address_a), end_in(name_b, address_b)
    print("ready", flush=True)
    forward(a, b, float(one_way_ms) / 1000)


main(*sys.argv[1:])
