import { assertEquals } from "@std/assert";
import { hostOf, RateLimits } from "./hosts.ts";

Deno.test("hostOf() takes an address of IPv4 as it is, and of IPv6 its network", () => {
  for (
    const [address, host] of [
      ["192.0.2.7", "192.0.2.7"],
      ["::ffff:192.0.2.7", "192.0.2.7"],
      ["::1", "::1"],
      ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
      ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
      ["2001:db8::9", "2001:db8:0:0::/64"],
      ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ]
  ) assertEquals(hostOf(address), host, address);
});

const refused = (limits: RateLimits, host: string, times: number, now: number) =>
  Array.from({ length: times }, () => limits.refuses(host, now)).filter((it) => it !== undefined);

Deno.test("RateLimits refuses a host that makes too many connections, and no other", () => {
  const limits = new RateLimits();
  const all = refused(limits, "192.0.2.7", 600, 0);
  assertEquals([all.length, all[0]], [88, "its host makes more than 128 connections a second"]);
  assertEquals(refused(limits, "192.0.2.8", 512, 0), []);
  assertEquals(refused(limits, "192.0.2.7", 200, 1_000).length, 200 - 128);
  assertEquals(refused(limits, "192.0.2.7", 600, 60_000).length, 88);
});

Deno.test("RateLimits does not limit this machine, nor for a while a host that has proven itself", () => {
  const limits = new RateLimits();
  assertEquals(refused(limits, "127.0.0.1", 5_000, 0), []);
  assertEquals(refused(limits, "192.0.2.7", 600, 0).length, 88);
  limits.prove("192.0.2.7", 0);
  assertEquals(refused(limits, "192.0.2.7", 5_000, 1), []);
  assertEquals(refused(limits, "192.0.2.7", 600, 600_000).length, 88);
});

Deno.test("RateLimits remembers a bounded number of hosts", () => {
  const limits = new RateLimits();
  assertEquals(refused(limits, "192.0.2.7", 513, 0).length, 1);
  for (let i = 0; i < 10_000; i++) limits.refuses(`10.0.${i >> 8}.${i & 255}`, 0);
  assertEquals(refused(limits, "192.0.2.7", 512, 0), []);
});
