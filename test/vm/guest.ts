import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { cardHasher } from "../../kiosk/core/card.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openProfiles } from "../../kiosk/reader/profiles-file.ts";
import { openReaders } from "../../kiosk/reader/room.ts";
import { reportsOf } from "../contract/keyboard.ts";
import { openSoftwareReader } from "./uhid.ts";

/**
 * The reader room on real hidraw nodes. Says each step on a line of its own for `run.ts`, which types on the emulated
 * keyboard and pulls its cable. Numbers on these lines are test numbers.
 */
const say = (word: string, more = ""): void => {
  process.stdout.write(`\nVM ${word} ${more}\n`);
};

const wedge = { name: "Software wedge", vendor: 0x1209, product: 0x0a01, place: "usb-software-1/input0" };
const asked = {
  name: "Software pcProx",
  vendor: 0x0c27,
  product: 0x3bfa,
  place: "usb-software-2/input0",
  answers: true,
};
const typewriter = { name: "Typewriter", vendor: 0x046d, product: 0xc31c, place: "usb-software-3/input0" };
const betweenKeysMs = 4;

const clock = await openSystemClock();
const profiles = await openProfiles(`${import.meta.dirname}/readers.json`);
const hash = cardHasher(new Uint8Array(32).fill(7));
// The emulated keyboard was there before us; the others come while we run.
await using room = await openReaders({
  ...{ clock, hash, profiles, scanMs: 500 },
  told: ({ is, label }) => say(is, label),
});
room.watch(({ label, card, hash: badge }) => say("card", `${label} = ${card} # ${badge}`));

async function type(reader: ReturnType<typeof openSoftwareReader>, text: string): Promise<void> {
  for (const report of reportsOf(text)) {
    reader.say(report);
    await wait(betweenKeysMs);
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (holds()) return;
    await wait(100);
  }
  say("late", what);
}

/** Who may open the readers, as octal digits. */
const modesOfHidraw = (): string =>
  readdirSync("/dev")
    .filter((name) => name.startsWith("hidraw"))
    .map((name) => (statSync(`/dev/${name}`).mode & 0o777).toString(8))
    .join();

/** Readers that udev calls keyboards, to which the login manager would listen. */
const keyedReaders = (): number =>
  readdirSync("/sys/class/input").filter((name) => {
    if (!name.startsWith("event")) return false;
    const about = (file: string): string => readFileSync(`/sys/class/input/${name}/${file}`, "utf8").trim();
    if (!/QEMU USB Keyboard|Software/.test(about("device/name"))) return false;
    return readFileSync(`/run/udev/data/c${about("dev")}`, "utf8").includes("E:ID_INPUT_KEY=1");
  }).length;

const heard = (): string => readFileSync("/run/heard", "latin1");
const keysHeard = (): number => heard().split("KEYBOARD_KEY").length - 1;
const stop = new AbortController();
const taps: string[] = [];
const reading = (async () => {
  for await (const { badge } of room.taps(stop.signal)) taps.push(badge);
})();

const software = openSoftwareReader(wedge);
await until("the software wedge is open", () => room.open().some((label) => label.startsWith("software-wedge")));
// We are root here and open a device before udev has given it to anybody; the clock's user gets it at the next look.
execFileSync("udevadm", ["settle", "--timeout=60"]);
say("modes", modesOfHidraw());
say("keyed", String(keyedReaders()));
say("TYPE", "0123456789");
await until("the emulated reader's card", () => taps.length === 1);
say("heard-emulated", String(keysHeard()));
const before = keysHeard();
await type(software, "00BC614E\n");
await until("the software reader's card", () => taps.length === 2);
await wait(1_000);
say("heard-software", String(keysHeard() - before));

// Both at once: the host types while we do.
say("TYPE", "0000000042");
for (let times = 0; times < 3; times += 1) {
  await type(software, `0000000${times}\n`);
  await wait(1_100);
}
await until("both readers' cards", () => taps.length === 6);

say("UNPLUG");
await until("the emulated reader is gone", () => room.open().every((label) => !label.startsWith("emulated")));
await type(software, "0000ABCD\n");
await until("the other goes on", () => taps.length === 7);
say("PLUG");
await until("the emulated reader is back", () => room.open().some((label) => label.startsWith("emulated")));
// Nobody plugs a reader in and taps in the same second; an emulated one needs that second.
await wait(3_000);
say("TYPE", "0123456789");
await until("its card", () => taps.length === 8);

const pcprox = openSoftwareReader(asked);
await until("the reader that is asked is open", () => room.open().some((label) => label.startsWith("rfideas-pcprox")));
pcprox.lay({ value: (77n << 16n) | 61234n, bits: 24 });
await until("the asked reader's card", () => taps.length === 9);
await wait(2_500);
// It still lies there: one tap.
pcprox.lay(null);
await wait(2_000);
pcprox.lay({ value: (77n << 16n) | 61234n, bits: 24 });
await until("the asked reader's card again", () => taps.length === 10);
pcprox.unplug();
software.unplug();
await wait(1_000);
say("heard-all", String(keysHeard()));
// A person's own keyboard: the compositor hears it, and we do not.
const own = openSoftwareReader(typewriter);
await until("the typewriter is heard", () => heard().includes(typewriter.name));
await wait(2_000);
const beforeOwn = keysHeard();
await type(own, "12\n");
await wait(2_000);
say("heard-own", String(keysHeard() - beforeOwn));
own.unplug();
say(
  "keyboards",
  String(
    heard()
      .split("\n")
      .filter((line) => /DEVICE_ADDED.*(QEMU USB Keyboard|Software)/.test(line)).length,
  ),
);
say("counts", JSON.stringify(room.counts()));
say("taps", JSON.stringify(taps));
stop.abort();
await reading;
say("DONE");
