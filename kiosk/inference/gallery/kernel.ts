import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The first row at or after the address `row` whose cosine may reach `floor`, or `end` where none does. A row is its
 * scale (f32), its error (f32), eight bytes that are none of the scan's, then `width` codes (i8); the query is `width`
 * numbers (i16) at address 0. What is compared with `floor` is step * scale * (query . codes) + sway * error + slack.
 */
export type Scan = (
  row: number,
  end: number,
  width: number,
  step: number,
  sway: number,
  slack: number,
  floor: number,
) => number;

/** Memory and the pass over it: the pass cannot read any other memory. */
export interface Kernel {
  /** Resizable: views without a length of their own follow it as it grows, in place, without a copy. */
  readonly buffer: ArrayBuffer;
  /** Grows to at least so many bytes. @throws RangeError beyond 2 GiB, or where the machine has no more. */
  readonly reserve: (bytes: number) => void;
  readonly scan: Scan;
}

/**
 * WebAssembly where the processor has SIMD for it; otherwise nothing is passed over: the same answers at the speed of a
 * loop over all the floats, which in JavaScript is faster than one over the codes.
 */
export function openKernel(): Kernel {
  const code = readFileSync(join(import.meta.dirname, "scan.wasm"));
  return WebAssembly.validate(code) ? wasmKernel(code) : plainKernel();
}

const pageBytes = 65_536;
// Addresses stay positive as 32-bit integers: four million rows of 512.
const maxPages = 32_767;
const growBytes = 16 * pageBytes;

const rounded = (bytes: number): number => Math.ceil(bytes / growBytes) * growBytes;

function wasmKernel(code: Uint8Array): Kernel {
  const { Memory, Module, Instance } = WebAssembly;
  const memory = new Memory({ initial: 1, maximum: maxPages });
  const { scan } = new Instance(new Module(code), { gallery: { memory } }).exports as { readonly scan: Scan };
  const buffer = memory.toResizableBuffer();
  return {
    buffer,
    reserve: (bytes) => {
      const missing = bytes - buffer.byteLength;
      if (missing > 0) memory.grow(rounded(missing) / pageBytes);
    },
    scan,
  };
}

/** A scan that stops at every row: always right. */
export function plainKernel(): Kernel {
  const buffer = new ArrayBuffer(pageBytes, { maxByteLength: maxPages * pageBytes });
  return {
    buffer,
    reserve: (bytes) => {
      if (bytes > buffer.byteLength) buffer.resize(rounded(bytes));
    },
    scan: (row) => row,
  };
}

/** As much of it as is used here: Node's types leave it to the browser's. Node itself needs it to read TypeScript. */
interface WebAssembly {
  readonly validate: (code: Uint8Array) => boolean;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  readonly Memory: new (size: {
    readonly initial: number;
    readonly maximum: number;
  }) => { readonly grow: (pages: number) => number; readonly toResizableBuffer: () => ArrayBuffer };
}
const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssembly };
