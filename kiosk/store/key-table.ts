import { open, readFile } from "node:fs/promises";
import { isPersonId, type PersonId } from "../core/person.ts";
import { writeAtomically } from "./atomic.ts";

/**
 * The wrapped key of every subject, in one file of equal slots: a start reads one file instead of thousands, and a key
 * that is destroyed is overwritten where it stands. A slot lies within one sector, so that a power cut never mixes two.
 */
export interface KeyTable {
  /** Whoever has a key. */
  readonly ids: () => readonly PersonId[];
  readonly wrapped: (id: PersonId) => Uint8Array | undefined;
  /** Whose key is destroyed, and whose pieces are still to go. */
  readonly going: () => readonly PersonId[];
  /** Durable when it resolves. */
  readonly put: (id: PersonId, wrapped: Uint8Array) => Promise<void>;
  /** Overwrites the key where it stands, durably; the subject is `going` until `clear`. */
  readonly destroy: (id: PersonId) => Promise<void>;
  /** The slot is anybody's again. */
  readonly clear: (id: PersonId) => Promise<void>;
  /** All keys anew, at once or not at all. */
  readonly replace: (rewrapped: ReadonlyMap<PersonId, Uint8Array>) => Promise<void>;
}

const slotBytes = 128;
/** What an id is long, and what it may be one day. */
const idLength = 22;
const idBytes = 32;
const headBytes = 2 + idBytes;
const state = { free: 0, held: 1, going: 2 } as const;

export async function openKeyTable(path: string): Promise<KeyTable> {
  const read = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (read === null) await writeAtomically(path, new Uint8Array());
  /** The file as it is, and room behind it: thousands of keys are one piece of memory and not as many. */
  let bytes = read ?? Buffer.alloc(0);
  const held = new Map<PersonId, number>();
  const going = new Map<PersonId, number>();
  let free: number[] = [];
  let end = 0;
  // What a power cut left of a slot at the end of the file is no slot, and is written over by the next.
  for (; end + slotBytes <= bytes.length; end += slotBytes) {
    const id = ownerOf(bytes, end);
    if (id === null) free.push(end);
    else (bytes[end] === state.held ? held : going).set(id, end);
  }
  const write = async (at: number, slot: Uint8Array): Promise<void> => {
    await using file = await open(path, "r+");
    await file.write(slot, 0, slotBytes, at);
    await file.datasync();
    if (at + slotBytes > bytes.length) bytes = Buffer.concat([bytes.subarray(0, at)], 2 * at + slotBytes);
    bytes.set(slot, at);
  };
  return {
    ids: () => [...held.keys()],
    wrapped: (id) => {
      const at = held.get(id);
      return at === undefined ? undefined : bytes.subarray(at + headBytes, at + headBytes + (bytes[at + 1] ?? 0));
    },
    going: () => [...going.keys()],
    put: async (id, wrapped) => {
      const at = held.get(id) ?? going.get(id) ?? free.at(-1) ?? end;
      await write(at, written(id, wrapped));
      if (at === end) end += slotBytes;
      free = free.filter((one) => one !== at);
      going.delete(id);
      held.set(id, at);
    },
    destroy: async (id) => {
      const at = held.get(id);
      if (at === undefined) return;
      await write(at, gone(id));
      held.delete(id);
      going.set(id, at);
    },
    clear: async (id) => {
      const at = held.get(id) ?? going.get(id);
      if (at === undefined) return;
      await write(at, Buffer.alloc(slotBytes));
      for (const slots of [held, going]) slots.delete(id);
      free.push(at);
    },
    replace: async (rewrapped) => {
      const taken = [...held, ...going];
      const rows = taken.map(([id, at]) => {
        const wrapped = held.has(id) ? rewrapped.get(id) : undefined;
        return wrapped === undefined ? bytes.subarray(at, at + slotBytes) : written(id, wrapped);
      });
      const anew = Buffer.concat(rows);
      await writeAtomically(path, anew);
      bytes = anew;
      for (const [index, [id]] of taken.entries()) (held.has(id) ? held : going).set(id, index * slotBytes);
      free = [];
      end = anew.length;
    },
  };
}

/** Null: nobody's. A damaged slot names nobody either; whose it was has no key, and says so. */
function ownerOf(bytes: Buffer, at: number): PersonId | null {
  const is = bytes[at];
  if (is !== state.held && is !== state.going) return null;
  const id = bytes.toString("latin1", at + 2, at + 2 + idLength);
  return isPersonId(id) && headBytes + (bytes[at + 1] ?? 0) <= slotBytes ? id : null;
}

function written(id: PersonId, wrapped: Uint8Array): Buffer {
  if (headBytes + wrapped.length > slotBytes) throw new RangeError("a wrapped key is longer than its slot");
  const slot = Buffer.alloc(slotBytes);
  slot[0] = state.held;
  slot[1] = wrapped.length;
  slot.write(id, 2, "latin1");
  slot.set(wrapped, headBytes);
  return slot;
}

function gone(id: PersonId): Buffer {
  const slot = Buffer.alloc(slotBytes);
  slot[0] = state.going;
  slot.write(id, 2, "latin1");
  return slot;
}
