import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";

/** Somebody else's face recognition, asked about the same pictures in the same run. */
export interface Describer {
  readonly name: string;
  /**
   * @param picture a JPEG or a PNG.
   * @returns what it knows of the largest face; null where it finds none.
   */
  readonly describe: (picture: Uint8Array) => Promise<Float32Array | null>;
  /** In [-1, 1], higher for more alike; the peer's own measure. */
  readonly similarity: (a: Float32Array, b: Float32Array) => number;
  readonly close: () => Promise<void>;
}

const aFunction = z.custom<(...args: never[]) => unknown>((value) => typeof value === "function");
const peerModule = z.object({ openDescriber: aFunction });
const describer = z.object({
  name: z.string().min(1).max(80),
  describe: aFunction,
  similarity: aFunction,
  close: aFunction,
});

/**
 * @param path of a module that exports `openDescriber(): Promise<Describer>`, as the ones in bench/peers do.
 * @throws Fault `eval-unusable` where it does not.
 */
export async function openPeer(path: string): Promise<Describer> {
  try {
    const { openDescriber } = peerModule.parse(await import(pathToFileURL(resolve(path)).href));
    const opened = await openDescriber();
    describer.parse(opened);
    return opened as Describer;
  } catch (cause) {
    throw new Fault(
      "eval-unusable",
      `The peer ${path} cannot be opened`,
      "Name a module that exports openDescriber; for those in bench/peers run `npm ci --prefix bench` first.",
      cause,
    );
  }
}
