import { closeSync, constants, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { Fault, isFault } from "../core/fault.ts";
import { isBefore, type Position } from "../core/record.ts";
import { ensureStateFolder } from "./atomic.ts";

/**
 * The head witness: a second, independent memory of how far the journal got. SQLite drops every WAL frame after a bad
 * one without a word, and a restored older copy looks perfectly healthy; both contradict the witness.
 *
 * Two files, `head.a` and `head.b`, each one 512-byte sector with a CRC, written in turn: a torn write spoils one slot
 * and the other still speaks.
 */
export interface Head extends Position {
  readonly rh: string;
}

export interface Witness extends Disposable {
  /** Hands the head to the operating system: survives the death of the process. */
  readonly note: (head: Head) => void;
  /** Makes the noted head durable, so that it also survives a power cut. Free when nothing is new. */
  readonly settle: () => void;
}

const slotBytes = 512;
const slotNames = ["head.a", "head.b"] as const;
const openFlags = constants.O_RDWR | constants.O_CREAT;

/** @throws Fault `state-unwritable`, `disk-full`. */
export async function openWitness(directory: string): Promise<Witness> {
  await ensureStateFolder(directory).catch((error: unknown) => {
    // The slots are there since the first start, and writing over them needs no room.
    if (!isFault(error, "disk-full") || readWitness(directory) === null) throw error;
  });
  const [slotA, slotB] = slotNames.map((name) => openSync(join(directory, name), openFlags, 0o600)) as [number, number];
  // Overwrite the slot that says less.
  let turn = newerSlot(directory) === "head.a" ? slotB : slotA;
  /** Noted, and perhaps not yet on the disk. */
  let unsettled: Head | null = null;
  const write = (head: Head): void => {
    writeSync(turn, encode(head), 0, slotBytes, 0);
    turn = turn === slotA ? slotB : slotA;
  };
  const settle = (): void => {
    if (unsettled === null) return;
    try {
      if (readWitness(directory)?.rh !== unsettled.rh) write(unsettled);
      fdatasyncSync(slotA);
      fdatasyncSync(slotB);
    } catch (cause) {
      const remedy = "Restart the clock; if it stays like this, replace the SD card or disk.";
      throw new Fault("journal-write-failed", "the head witness could not be written", remedy, cause);
    }
    unsettled = null;
  };
  return {
    note: (head) => {
      unsettled = head;
      try {
        write(head);
      } catch {
        // The record itself is durable, so this is no reason to refuse it; `settle` tries again and does complain.
      }
    },
    settle,
    [Symbol.dispose]: () => {
      try {
        settle();
      } finally {
        closeSync(slotA);
        closeSync(slotB);
      }
    },
  };
}

/** The newest head that either slot vouches for, or null where none does. */
export function readWitness(directory: string): Head | null {
  const [first, second] = slotsIn(directory);
  if (first && second) return isNewer(second, first) ? second : first;
  return first ?? second ?? null;
}

function newerSlot(directory: string): (typeof slotNames)[number] {
  const [first, second] = slotsIn(directory);
  return second && (!first || isNewer(second, first)) ? "head.b" : "head.a";
}

const slotsIn = (directory: string): readonly (Head | null)[] =>
  slotNames.map((name) => decode(readIfThere(join(directory, name))));

const isNewer = (a: Head, b: Head): boolean => isBefore(b, a);

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** `LH1 epoch seq rh crc`, padded with newlines: readable with `cat` by whoever has to explain a loss. */
function encode({ epoch, seq, rh }: Head): Buffer {
  const text = `LH1 ${epoch} ${seq} ${rh}`;
  return Buffer.from(`${text} ${crc32(text)}`.padEnd(slotBytes, "\n"), "ascii");
}

function decode(bytes: Buffer | null): Head | null {
  const match = bytes?.toString("latin1").match(/^(LH1 (\d{1,10}) (\d{1,10}) ([A-Za-z0-9_-]{43})) (\d{1,10})\n*$/);
  if (!match) return null;
  const [, text = "", epoch, seq, rh = "", crc] = match;
  return crc32(text) === Number(crc) ? { epoch: Number(epoch), seq: Number(seq), rh } : null;
}
