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

interface Slot {
  readonly at: number;
  readonly state: number;
  readonly wrapped: Uint8Array;
}

export async function openKeyTable(path: string): Promise<KeyTable> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (bytes === null) await writeAtomically(path, new Uint8Array());
  const slots = new Map<PersonId, Slot>();
  let free: number[] = [];
  let end = 0;
  // What a power cut left of a slot at the end of the file is no slot, and is written over by the next.
  for (; end + slotBytes <= (bytes?.length ?? 0); end += slotBytes) {
    const slot = read(bytes ?? Buffer.alloc(0), end);
    if (slot === null) free.push(end);
    else slots.set(slot.id, slot);
  }
  const write = async (at: number, slot: Uint8Array): Promise<void> => {
    await using file = await open(path, "r+");
    await file.write(slot, 0, slotBytes, at);
    await file.datasync();
  };
  return {
    ids: () => [...slots].filter(([, slot]) => slot.state === state.held).map(([id]) => id),
    wrapped: (id) => {
      const slot = slots.get(id);
      return slot?.state === state.held ? slot.wrapped : undefined;
    },
    going: () => [...slots].filter(([, slot]) => slot.state === state.going).map(([id]) => id),
    put: async (id, wrapped) => {
      const at = slots.get(id)?.at ?? free.at(-1) ?? end;
      await write(at, written(id, wrapped));
      if (at === end) end += slotBytes;
      free = free.filter((one) => one !== at);
      slots.set(id, { at, state: state.held, wrapped });
    },
    destroy: async (id) => {
      const slot = slots.get(id);
      if (slot === undefined) return;
      await write(slot.at, gone(id));
      slots.set(id, { at: slot.at, state: state.going, wrapped: new Uint8Array() });
    },
    clear: async (id) => {
      const slot = slots.get(id);
      if (slot === undefined) return;
      await write(slot.at, Buffer.alloc(slotBytes));
      slots.delete(id);
      free.push(slot.at);
    },
    replace: async (rewrapped) => {
      const kept = [...slots].map(
        ([id, slot]) => [id, { ...slot, wrapped: rewrapped.get(id) ?? slot.wrapped }] as const,
      );
      const rows = kept.map(([id, slot]) => (slot.state === state.held ? written(id, slot.wrapped) : gone(id)));
      await writeAtomically(path, Buffer.concat(rows));
      slots.clear();
      for (const [index, [id, slot]] of kept.entries()) slots.set(id, { ...slot, at: index * slotBytes });
      free = [];
      end = kept.length * slotBytes;
    },
  };
}

function read(bytes: Buffer, at: number): (Slot & { readonly id: PersonId }) | null {
  const is = bytes[at] ?? state.free;
  if (is === state.free) return null;
  const length = bytes[at + 1] ?? 0;
  const id = bytes.toString("latin1", at + 2, at + 2 + idLength);
  // A damaged slot names nobody; whose it was has no key, and says so.
  if ((is !== state.held && is !== state.going) || !isPersonId(id) || headBytes + length > slotBytes) return null;
  return { id, at, state: is, wrapped: bytes.subarray(at + headBytes, at + headBytes + length) };
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
