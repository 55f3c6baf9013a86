import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Listed, verdicts } from "../../../kiosk/reader/devices.ts";
import { knownProfiles, parseProfiles } from "../../../kiosk/reader/profiles.ts";
import { udevRules } from "../../../provisioning/udev/rules.ts";

const listed = (more: Partial<Listed>): Listed => ({
  ...{ vendorId: 0x0c27, productId: 0x3bfa, path: "/dev/hidraw0", place: null, release: 1, interface: 0 },
  ...{ usagePage: 1, usage: 6 },
  ...more,
});
const site = (...profiles: readonly object[]) => parseProfiles(JSON.stringify({ profiles }));
const wedge = { framing: { kind: "keyboard" } };

describe("which profile reads which device", () => {
  test("is the first that fits: the site's before ours, and of ours the nearer", () => {
    expect(verdicts([listed({})], knownProfiles)[0]?.profile?.name).toBe("rfideas-pcprox");
    expect(verdicts([listed({ productId: 1 })], knownProfiles)[0]?.profile?.name).toBe("rfideas-wedge");
    const ours = site({ name: "our-wedge", match: { vendor: "0c27", product: "3bfa" }, ...wedge });
    expect(verdicts([listed({})], ours)[0]?.profile?.name).toBe("our-wedge");
  });

  test("may hang on where it is plugged in", () => {
    const profiles = site(
      { name: "door", match: { vendor: 0x0c27, port: "-1.2" }, ...wedge },
      { name: "desk", match: { vendor: 0x0c27, port: "-1.3" }, ...wedge },
    );
    const at = (port: string) => listed({ place: `usb-0000:00:14.0-${port}/input0`, path: `/dev/${port}` });
    expect(verdicts([at("1.3"), at("1.2")], profiles).map(({ profile }) => profile?.name)).toEqual(["desk", "door"]);
  });

  test("takes a reader with several faces once, whatever their order, by its port", () => {
    const place = (input: number) => `usb-0000:00:14.0-1/input${input}`;
    const mouse = listed({ usage: 2, place: place(0), path: "/dev/hidraw1" });
    const keys = listed({ place: place(1), path: "/dev/hidraw2" });
    const again = listed({ place: place(2), path: "/dev/hidraw3" });
    for (const faces of [
      [mouse, keys, again],
      [again, keys, mouse],
    ]) {
      const taken = verdicts(faces, knownProfiles);
      expect(taken.filter(({ is }) => is === "take")).toHaveLength(1);
      expect(taken.filter(({ is }) => is === "same")).toHaveLength(2);
    }
    // Two of a kind without serial numbers are two.
    const twins = [
      listed({ place: place(0), path: "/dev/a" }),
      listed({ place: "usb-0000:00:14.0-2/input0", path: "/dev/b" }),
    ];
    expect(verdicts(twins, knownProfiles).map(({ is }) => is)).toEqual(["take", "take"]);
  });

  test("says why a device is left alone", () => {
    expect(verdicts([listed({ usage: 2 })], knownProfiles)).toMatchObject([
      { is: "leave", profile: null, why: "rfideas-pcprox wants usage 0006" },
    ]);
    expect(verdicts([listed({ vendorId: 0x046d })], knownProfiles)).toMatchObject([
      { is: "leave", why: "no profile knows its vendor" },
    ]);
  });
});

test.each([
  ["no JSON", "{"],
  ["no profiles", "{}"],
  [
    "a vendor that is none",
    '{"profiles": [{"name": "x", "match": {"vendor": "12345"}, "framing": {"kind": "keyboard"}}]}',
  ],
  ["a framing nobody knows", '{"profiles": [{"name": "x", "match": {"vendor": 1}, "framing": {"kind": "magic"}}]}'],
  [
    "a member nobody knows",
    '{"profiles": [{"name": "x", "match": {"vendor": 1, "colour": 1}, "framing": {"kind": "keyboard"}}]}',
  ],
])("a file of readers with %s is refused", (_, text) => {
  expect(() => parseProfiles(text)).toThrow(expect.objectContaining({ code: "config-invalid" }));
});

test("the example of the documentation is understood", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/readers.md"), "utf8");
  const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text ?? "");
  expect(examples.length).toBeGreaterThan(0);
  for (const text of examples) expect(parseProfiles(text).length).toBeGreaterThan(knownProfiles.length);
});

describe("the udev rules", () => {
  const file = join(import.meta.dirname, "../../../provisioning/udev/70-lintel-reader.rules");

  test("are what the profiles make: `lintel reader rules` writes them anew", () => {
    expect(readFileSync(file, "utf8")).toBe(udevRules(knownProfiles));
  });

  test("hide every reader that is read unasked, and give it to the clock", () => {
    const rules = readFileSync(file, "utf8");
    for (const { match } of knownProfiles) {
      const vendor = match.vendor.toString(16).toUpperCase().padStart(4, "0");
      const own = rules.split("\n").filter((line) => line.includes(`"*:${vendor}:`));
      expect(own.some((line) => line.includes('ENV{LIBINPUT_IGNORE_DEVICE}="1"'))).toBe(true);
      expect(own.some((line) => /SUBSYSTEM=="hidraw".*GROUP="lintel"/.test(line))).toBe(true);
    }
  });

  test("have one for a site's own readers, and none twice", () => {
    const rules = udevRules(
      site(
        { name: "a", match: { vendor: "1234", product: "1" }, ...wedge },
        { name: "b", match: { vendor: "1234", product: "1" }, ...wedge },
      ),
    );
    expect(rules.split('"*:1234:0001.*"')).toHaveLength(3);
  });
});
