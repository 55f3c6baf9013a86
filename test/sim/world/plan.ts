import fc from "fast-check";

/** What happens in a world, as data: fast-check writes it, shrinks it, and can write it again. */
export interface Plan {
  /** For everything that is too small to be planned: which message is lost, how long a commit takes. */
  readonly seed: number;
  readonly receivers: 1 | 2;
  readonly batches: boolean;
  readonly weather: {
    readonly lose: number;
    readonly repeat: number;
    readonly delay: number;
    readonly late: number;
    readonly refuse: number;
    readonly queue: number;
  };
  readonly acts: readonly Act[];
}

export type Act =
  | { readonly act: "tap"; readonly card: number }
  | { readonly act: "look"; readonly who: number; readonly draw: number }
  | { readonly act: "wait"; readonly ms: number }
  | { readonly act: "crowd"; readonly count: number }
  | { readonly act: "end"; readonly how: "kill" | "power" | "old-disk" | "stop"; readonly calls: number }
  | { readonly act: "remember" }
  | { readonly act: "order" }
  | { readonly act: "repeat-orders" }
  | { readonly act: "disk"; readonly is: "full" | "free" | "failing" }
  | { readonly act: "wall"; readonly jumpMs: number }
  | { readonly act: "room"; readonly room: "camera" | "reader"; readonly isUp: boolean }
  | { readonly act: "line"; readonly line: "up" | "cut" | "frozen" }
  | { readonly act: "broker"; readonly downMs: number }
  | {
      readonly act: "receiver";
      readonly is: "killed" | "started" | "failing" | "backed-up" | "restored";
      readonly n: number;
    };

const dayMs = 24 * 3_600_000;

const weighted: readonly (readonly [number, fc.Arbitrary<Act>])[] = [
  [10, fc.record({ act: fc.constant("tap" as const), card: fc.nat(2) })],
  [3, fc.record({ act: fc.constant("look" as const), who: fc.nat(2), draw: fc.constantFrom(0.9, 0.9, 0.01) })],
  [
    8,
    fc.record({ act: fc.constant("wait" as const), ms: fc.constantFrom(200, 2_000, 7_000, 30_000, 62_000, 150_000) }),
  ],
  [1, fc.record({ act: fc.constant("crowd" as const), count: fc.constantFrom(5, 20, 280) })],
  [
    5,
    fc.record({
      act: fc.constant("end" as const),
      how: fc.constantFrom("kill" as const, "kill" as const, "power" as const, "old-disk" as const, "stop" as const),
      calls: fc.integer({ min: 1, max: 60 }),
    }),
  ],
  [1, fc.constant({ act: "remember" as const })],
  [3, fc.constant({ act: "order" as const })],
  [1, fc.constant({ act: "repeat-orders" as const })],
  [
    3,
    fc.record({
      act: fc.constant("disk" as const),
      is: fc.constantFrom("full" as const, "free" as const, "free" as const, "failing" as const),
    }),
  ],
  [
    2,
    fc.record({
      act: fc.constant("wall" as const),
      jumpMs: fc.constantFrom(8 * dayMs, 8 * dayMs, 3_600_000, -3_600_000, -3650 * dayMs),
    }),
  ],
  [
    1,
    fc.record({
      act: fc.constant("room" as const),
      room: fc.constantFrom("camera" as const, "reader" as const),
      isUp: fc.boolean(),
    }),
  ],
  [
    3,
    fc.record({
      act: fc.constant("line" as const),
      line: fc.constantFrom("up" as const, "up" as const, "cut" as const, "frozen" as const),
    }),
  ],
  [1, fc.record({ act: fc.constant("broker" as const), downMs: fc.constantFrom(0, 20_000) })],
  [
    4,
    fc.record({
      act: fc.constant("receiver" as const),
      is: fc.constantFrom(
        "killed" as const,
        "killed" as const,
        "started" as const,
        "failing" as const,
        "backed-up" as const,
        "restored" as const,
      ),
      n: fc.nat(1),
    }),
  ],
];

const anyAct: fc.Arbitrary<Act> = fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));

export const anyPlan: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(2 ** 31 - 1),
  receivers: fc.constantFrom(1 as const, 1 as const, 2 as const),
  batches: fc.boolean(),
  weather: fc.record({
    lose: fc.constantFrom(0, 0, 5, 30),
    repeat: fc.constantFrom(0, 5, 30),
    delay: fc.constantFrom(0, 5, 30),
    late: fc.constantFrom(0, 0, 20),
    refuse: fc.constantFrom(0, 0, 0, 10),
    queue: fc.constantFrom(0, 5, 1000),
  }),
  acts: fc.array(anyAct, { minLength: 5, maxLength: 40, size: "max" }),
});
