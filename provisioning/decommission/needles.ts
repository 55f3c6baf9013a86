import { open } from "node:fs/promises";
import { stateFiles } from "../selfcheck/state-files.ts";

/**
 * Pieces of what a state folder holds, taken before it is destroyed, by which one can tell afterwards whether a disk still
 * has it. Only in memory: a list of them on the disk would be what it looks for.
 */
export interface Needles {
  readonly pieces: readonly Buffer[];
  /** Files that a piece was taken from. */
  readonly files: number;
}

const pieceBytes = 24;
/** Of each file: its beginning, its middle, its end. */
const places = [0.05, 0.5, 0.95];
const filesMax = 400;
/** Zeros and tables of contents look alike in every file: a piece must be of some variety to be of this clock alone. */
const varietyMin = 12;

/** @param staying files directly in the folder that nobody is going to destroy. */
export async function needlesIn(folder: string, staying: readonly string[] = []): Promise<Needles> {
  const pieces = new Map<string, Buffer>();
  let files = 0;
  for (const { path, isFolder, isSocket, name } of await stateFiles(folder)) {
    // The lock is empty, and the ballast is nobody's.
    if (
      isFolder ||
      isSocket ||
      /(^|\/)(lock\.sqlite|ballast)$/.test(name) ||
      staying.includes(name) ||
      files >= filesMax
    )
      continue;
    const found = await piecesOf(path);
    for (const piece of found) pieces.set(piece.toString("base64"), piece);
    if (found.length > 0) files += 1;
  }
  return { pieces: [...pieces.values()], files };
}

async function piecesOf(path: string): Promise<readonly Buffer[]> {
  const handle = await open(path).catch(() => null);
  if (handle === null) return [];
  await using file = handle;
  const { size } = await file.stat();
  const found: Buffer[] = [];
  for (const share of places) {
    const piece = Buffer.alloc(pieceBytes);
    const at = Math.max(0, Math.floor((size - pieceBytes) * share));
    const { bytesRead } = await file.read(piece, 0, pieceBytes, at);
    if (bytesRead === pieceBytes && new Set(piece).size >= varietyMin) found.push(piece);
  }
  return found;
}

export interface Scan {
  /** What was looked through. */
  readonly place: string;
  readonly bytes: number;
  /** How many of the needles were met. */
  readonly found: number;
}

const windowBytes = 4 * 1024 * 1024;

/**
 * Looks through every byte of a file, or of a disk where that is what the path names.
 *
 * @throws NodeJS.ErrnoException where it cannot be read.
 */
export async function scan(place: string, { pieces }: Needles): Promise<Scan> {
  await using file = await open(place);
  const window = Buffer.alloc(windowBytes);
  const met = new Set<number>();
  // By their first bytes, so that a disk is walked once for all of them.
  const byStart = new Map<number, number[]>();
  for (const [index, piece] of pieces.entries()) {
    const start = piece.readUInt32LE(0);
    byStart.set(start, [...(byStart.get(start) ?? []), index]);
  }
  let bytes = 0;
  for (let at = 0; ; at += windowBytes - pieceBytes) {
    const { bytesRead } = await file.read(window, 0, windowBytes, at);
    bytes = Math.max(bytes, at + bytesRead);
    const seen = window.subarray(0, bytesRead);
    for (let from = 0; from + pieceBytes <= bytesRead; from += 1) {
      const candidates = byStart.get(seen.readUInt32LE(from));
      if (candidates === undefined) continue;
      for (const index of candidates) {
        if (pieces[index]?.equals(seen.subarray(from, from + pieceBytes))) met.add(index);
      }
    }
    if (bytesRead < windowBytes) return { place, bytes, found: met.size };
  }
}
