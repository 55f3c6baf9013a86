import fc from "fast-check";
import { expect, test } from "vitest";
import type { Identity } from "../../../kiosk/core/record.ts";
import {
  type ProfileName,
  profiles,
  receiverAddresses,
  topicProblem,
} from "../../../kiosk/uplink/contract/profiles.ts";
import type { DownChannel, UpChannel } from "../../../kiosk/uplink/contract/topics.ts";
import { filesIn, linesWith } from "../../house/source.ts";

const names = Object.keys(profiles) as ProfileName[];
const text = (characters: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
const label = text("abcxyz0189-", 1, 24);
const identity: fc.Arbitrary<Identity> = fc.record({
  tenant: label,
  site: label,
  device: text("0123456789abcdefghjkmnpqrstvwxyz", 20, 20).map((id) => `k${id}`),
});
const upChannel = fc.constantFrom<UpChannel>("rec", "sta", "req", "tel");
const downChannel = fc.constantFrom<DownChannel>("ack", "cmd", "cfg", "ros", "tim");

test.each(names)("what %s spells it reads again, for every device and channel, and no broker refuses it", (name) => {
  fc.assert(
    fc.property(identity, upChannel, downChannel, (device, up, down) => {
      const codec = profiles[name].codec(device);
      for (const [topic, channel] of [
        [codec.up(device, up), up],
        [codec.down(device, down), down],
      ] as const) {
        expect(codec.decode(topic)).toEqual({ device, channel });
        expect(topicProblem(name, topic)).toBeNull();
      }
      for (const channel of [down, "tpl"] as const) {
        const topic = codec.site(device, channel);
        if (topic === null) continue;
        expect(codec.decode(topic)).toEqual({ device: { ...device, device: "all" }, channel });
        expect(topicProblem(name, topic)).toBeNull();
      }
    }),
  );
});

test("every filter of a device takes what is sent to it and nothing that it sends itself", () => {
  const device: Identity = { tenant: "acme", site: "hq", device: `k${"0".repeat(20)}` };
  for (const name of names) {
    const codec = profiles[name].codec(device);
    const filters = codec.deviceFilters(device);
    const hears = (topic: string) => filters.some((filter) => isMatch(filter, topic));
    expect(filters.length).toBeLessThanOrEqual(profiles[name].filtersPerSubscribe);
    for (const channel of ["ack", "cmd", "cfg", "ros", "tim"] as const) {
      expect(hears(codec.down(device, channel))).toBe(true);
      expect(hears(codec.site(device, channel) ?? codec.down(device, channel))).toBe(true);
    }
    for (const channel of ["rec", "sta", "req", "tel"] as const) expect(hears(codec.up(device, channel))).toBe(false);
  }
});

test("nothing whatever makes a codec throw, and what it reads it would have spelled", () => {
  const noise = fc.oneof(
    fc.string(),
    text("lintel1/kdnuprecack+#.$ =&%", 0, 60),
    fc
      .array(fc.constantFrom("lintel1", "a", "up", "dn", "rec", "ack", "", "+", "all", `k${"0".repeat(20)}`))
      .map((parts) => parts.join("/")),
  );
  fc.assert(
    fc.property(noise, fc.constantFrom(...names), (topic, name) => {
      const home = { tenant: "acme", site: "hq" };
      const codec = profiles[name].codec(home);
      const address = codec.decode(topic);
      if (address === null || name === "azure-iothub") return;
      const { device, channel } = address;
      const spellings = [
        codec.up(device, channel as UpChannel),
        codec.down(device, channel as DownChannel),
        codec.site(device, channel as DownChannel),
      ];
      expect(spellings).toContain(topic);
    }),
  );
});

test.each([
  ["a level too many", "generic5", `lintel1/acme/hq/k${"0".repeat(20)}/up/rec/x`],
  ["an empty level", "generic5", `lintel1/acme//k${"0".repeat(20)}/up/rec`],
  ["capitals", "generic5", `lintel1/Acme/hq/k${"0".repeat(20)}/up/rec`],
  ["a dot, which RabbitMQ and NATS rewrite", "nats", `lintel1/ac.me/hq/k${"0".repeat(20)}/up/rec`],
  ["a label too long", "generic5", `lintel1/${"a".repeat(25)}/hq/k${"0".repeat(20)}/up/rec`],
  ["a device of another form", "generic5", "lintel1/acme/hq/kiosk-7/up/rec"],
  ["a record to everybody", "generic5", "lintel1/acme/hq/all/up/rec"],
  ["a wildcard", "generic5", "lintel1/acme/hq/+/up/rec"],
  ["the wrong direction", "generic5", `lintel1/acme/hq/k${"0".repeat(20)}/dn/rec`],
  ["another protocol", "generic5", `lintel2/acme/hq/k${"0".repeat(20)}/up/rec`],
  ["a bag without a channel", "azure-iothub", `devices/k${"0".repeat(20)}/messages/events/$.ce=utf-8`],
  ["a bag with two", "azure-iothub", `devices/k${"0".repeat(20)}/messages/events/lt=rec&lt=sta`],
  ["a channel of the other direction", "azure-iothub", `devices/k${"0".repeat(20)}/messages/devicebound/lt=rec`],
] as const)("%s is none of ours", (_, name, topic) => {
  expect(profiles[name].codec({ tenant: "acme", site: "hq" }).decode(topic)).toBeNull();
});

test("the longest topic fits every broker, and what would not fit is named", () => {
  const device: Identity = { tenant: "t".repeat(24), site: "s".repeat(24), device: `k${"0".repeat(20)}` };
  const topic = profiles.aws.codec(device).up(device, "rec");
  expect(topic.length).toBe(86);
  expect(`$share/g/${topic}`.split("/").length - 1).toBe(7);
  expect(topicProblem("aws", "a/".repeat(8))).toContain("slashes");
  expect(topicProblem("aws", "a".repeat(257))).toContain("bytes");
  expect(topicProblem("nats", "lintel1/a b")).toContain("characters");
});

test("receivers share in the way their broker has", () => {
  expect(receiverAddresses("aws", "payroll")[0]).toBe("$share/payroll/lintel1/+/+/+/up/rec");
  expect(receiverAddresses("rabbitmq", "payroll")[0]).toBe("lintel1.*.*.*.up.rec");
  expect(receiverAddresses("nats", "payroll")[0]).toBe("lintel1.*.*.*.up.rec");
  expect(receiverAddresses("azure-iothub", "payroll")).toEqual([]);
});

test("nothing in the kiosk but the codecs knows how a topic is spelled", () => {
  const others = filesIn(["kiosk/"], [".ts", ".tsx"]).filter(
    (file) => !/^kiosk\/uplink\/contract\/(topics|topics-iothub|profiles)\.ts$/.test(file),
  );
  const spelling = /lintel1[/.]|\/(up|dn)\/(rec|sta|req|tel|ack|cmd|cfg|ros|tim)\b|devicebound|\$share\//;
  expect(others.length).toBeGreaterThan(100);
  expect(others.flatMap((file) => linesWith(file, spelling))).toEqual([]);
});

/** MQTT's own rule, for filters whose wildcards are whole levels. */
function isMatch(filter: string, topic: string): boolean {
  const levels = topic.split("/");
  const wanted = filter.split("/");
  const isOpen = wanted.at(-1) === "#";
  if (!isOpen && wanted.length !== levels.length) return false;
  return wanted.every((level, at) => level === "#" || level === "+" || level === levels[at]);
}
