import type { Cloud } from "./cloud.ts";
import type { Machine } from "./machine.ts";
import type { Visitor } from "./wall.ts";

/** What a run tells whoever reads it. */
export interface Scene {
  readonly note: (text: string) => void;
  readonly check: (text: string, holds: boolean) => void;
  readonly within: (text: string, tookMs: number, limitMs: number) => void;
}

/** A machine with a clock in it, and everybody around it. */
export interface Wall {
  readonly scene: Scene;
  readonly machine: Machine;
  readonly visitor: Visitor;
  readonly cloud: Cloud;
  /** Lays `n` cards of different people on, one after the other, and counts who was thanked. */
  readonly punch: (n: number) => Promise<number>;
}
