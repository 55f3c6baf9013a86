import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Fault } from "../../kiosk/core/fault.ts";
import { personId } from "../../kiosk/core/person.ts";
import { backUp, writeAtomically } from "../../kiosk/store/atomic.ts";
import { destroyFile } from "../../kiosk/store/destroy-file.ts";
import { openHoldBook } from "../../kiosk/store/hold-book.ts";
import { openOperators } from "../../kiosk/store/operators.ts";
import { openOrderBook } from "../../kiosk/store/order-book.ts";
import { openPins } from "../../kiosk/store/pins.ts";
import { openPolicyStore } from "../../kiosk/store/privacy-policies.ts";
import { openFileKeyBox } from "../../kiosk/store/seal.ts";
import { openSettings } from "../../kiosk/store/settings.ts";
import { openSuppressed } from "../../kiosk/store/suppressed.ts";
import { openVault } from "../../kiosk/store/vault.ts";
import { openSmallDisk } from "../torture/disk.ts";

const ann = personId("p_8m2q7x4w9t1v6r3s5k0n");
const now = () => ({ utcMs: 1_000, monoMs: 1_000 });

/** Everything that writes beside the journal, opened in a folder; each gives what it is asked to write later. */
const writers: Readonly<Record<string, (folder: string) => Promise<() => unknown>>> = {
  "a file that is replaced": async (folder) => () => writeAtomically(join(folder, "name"), "anew"),
  "a copy beside a file": async (folder) => {
    await writeAtomically(join(folder, "kept"), "text");
    return () => backUp(join(folder, "kept"));
  },
  "a file that is destroyed": async (folder) => {
    await writeAtomically(join(folder, "secret"), "text");
    return () => destroyFile(join(folder, "secret"));
  },
  settings: async (folder) => {
    const settings = await openSettings(folder);
    return () =>
      settings.change((data) => {
        data.volume = 50;
      });
  },
  "a wrong PIN": async (folder) => {
    const pins = await openPins({ directory: folder, boot: 1, now });
    await pins.set(ann, { number: "4711", pin: "80325" });
    return () => pins.check({ who: { number: "4711" }, pin: "80326" });
  },
  "a PIN": async (folder) => {
    const pins = await openPins({ directory: folder, boot: 1, now });
    return () => pins.set(ann, { number: "4711", pin: "80325" });
  },
  policies: async (folder) => {
    const store = await openPolicyStore(folder);
    return () => store.put({ now: null, coming: null });
  },
  "a piece of somebody": async (folder) => {
    const vault = await openVault({ directory: folder, keyBox: await openFileKeyBox(join(folder, "key")) });
    return () => vault.put(ann, "person", new Uint8Array(9));
  },
  "an erasure": async (folder) => {
    const vault = await openVault({ directory: folder, keyBox: await openFileKeyBox(join(folder, "key")) });
    await vault.put(ann, "person", new Uint8Array(9));
    return () => vault.destroy(ann);
  },
  "who must not come back": async (folder) => {
    const suppressed = await openSuppressed({ directory: folder, remembered: () => [] });
    return () => suppressed.begin({ sub: ann, cmd: null, since: { epoch: 1, seq: 0 }, counts: {}, dek: "none" });
  },
  holds: async (folder) => {
    const book = await openHoldBook(folder);
    return () => book.lift("none");
  },
  operators: async (folder) => {
    const operators = await openOperators(folder);
    return () => operators.add("technician", 1_000);
  },
  orders: async (folder) => {
    const book = await openOrderBook({ directory: folder });
    return () => book.begin([], null);
  },
};

test("whatever is asked to write on a disk that was given up refuses in words", { timeout: 60_000 }, async ({
  skip,
}) => {
  using disk = openSmallDisk(24);
  if (disk === null) return skip("mounting a small disk needs root; run this test as root to have it");
  const asked = await Promise.all(
    Object.entries(writers).map(async ([name, open], index) => {
      const folder = join(disk.folder, String(index));
      await mkdir(folder);
      return { name, write: await open(folder) };
    }),
  );
  disk.fail();
  for (const { name, write } of asked) {
    expect({ name, said: await answerOf(write) }).toEqual({ name, said: "a fault" });
  }
});

async function answerOf(write: () => unknown): Promise<unknown> {
  try {
    await write();
    return "nothing";
  } catch (error) {
    return error instanceof Fault ? "a fault" : error;
  }
}
