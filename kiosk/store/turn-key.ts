import { rename } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import { ensureStateFolder, syncDirectory } from "./atomic.ts";
import { namedKey } from "./named-key.ts";
import { type KeyBox, newDataKey, openFileKeyBox } from "./seal.ts";
import { readWrapped, rewrapped, writeWrapped } from "./wrapped-key.ts";

export interface TurnKeyOptions {
  /** The folder of the people: `turn.key` is wrapped with the same device key as theirs. */
  readonly directory: string;
  /** Default: the key box in a file of this folder, `device.seal`. */
  readonly keyBox?: KeyBox;
  /** The site's key, which all its clocks share: 32 bytes, as hexadecimal or base64. Another one than before re-issues. */
  readonly file?: string;
}

/** The site's key by which templates are turned, and those before it while templates of theirs may be here. */
export interface TurnKey {
  readonly key: Uint8Array;
  /** Oldest first. */
  readonly former: () => readonly Uint8Array[];
  /**
   * A new key, durable when it resolves, and in use from the next opening on, which turns what is stored.
   * @throws Fault `config-invalid` where the key is a named one: it is replaced in its file.
   */
  readonly renew: () => Promise<void>;
  /** No template of theirs is here any more. */
  readonly forgetFormer: () => Promise<void>;
  /** The key was lost: templates that were turned by it cannot be used any more. Null: all is well. */
  readonly notice: Fault | null;
}

const bindTo = "lintel-turn-key-1";
const keyBytes = 32;

/** @throws Fault `config-invalid` for a file that holds no key; `seal-broken`, `state-unwritable`, `disk-full`. */
export async function openTurnKey({ directory, keyBox: given, file }: TurnKeyOptions): Promise<TurnKey> {
  await ensureStateFolder(directory);
  const keyBox = given ?? (await openFileKeyBox(join(directory, "device.seal")));
  const kept = { path: join(directory, "turn.key"), keyBox, bindTo };
  const named = file === undefined ? null : await namedKey("turnKey", file);
  const { keys, notice } = await read(kept.path, () => readWrapped(kept));
  const [held = null] = keys;
  const key = named ?? held ?? newDataKey();
  let former = [...keys].filter((one) => !isSame(one, key)).reverse();
  /** The file has a newer key than this run of the clock. */
  const isRenewed = (): boolean => former.some((one) => isSame(one, key));
  const write = (newest: Uint8Array): Promise<void> =>
    writeWrapped(kept, Buffer.concat([newest, ...former.toReversed()]));
  if (held === null || !isSame(held, key)) await write(key);
  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  keyBox.holds?.("turn", () => oneByOne(rewrapped(kept)));
  return {
    key,
    notice,
    former: () => former,
    renew: () =>
      oneByOne(async () => {
        if (named !== null) throw replacedElsewhere();
        // A second order before the next opening: nothing was turned by the key between.
        const before = former;
        if (!isRenewed()) former = [...former, key];
        await write(newDataKey()).catch((error: unknown) => {
          former = before;
          throw error;
        });
      }),
    forgetFormer: () =>
      oneByOne(async () => {
        // Renewed meanwhile: the next opening turns again, and forgets then.
        if (former.length === 0 || isRenewed()) return;
        former = [];
        await keyBox.spent?.();
        await write(key);
      }),
  };
}

/** The newest first. One that does not open is set aside: it may be needed once the device has its own key back. */
async function read(path: string, opened: () => Promise<Uint8Array | null>) {
  try {
    const bytes = (await opened()) ?? new Uint8Array();
    if (bytes.length % keyBytes !== 0) throw new RangeError("not keys");
    const keys = Array.from({ length: bytes.length / keyBytes }, (_, at) =>
      bytes.subarray(at * keyBytes, (at + 1) * keyBytes),
    );
    return { keys, notice: null };
  } catch (cause) {
    await rename(path, `${path}.bad`);
    await syncDirectory(join(path, ".."));
    const message = "the key by which faces are turned cannot be read, so no face from before is known";
    const remedy = "Enrol people again, or put people/turn.key and the folder keys back as they were; badges work on.";
    return { keys: [], notice: new Fault("seal-broken", message, remedy, cause) };
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);

const replacedElsewhere = (): Fault =>
  new Fault(
    "config-invalid",
    "turnKey: the key is the site's own file",
    "Put a new key into that file at every clock of the site, and start them again.",
  );
