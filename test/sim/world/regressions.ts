import type { Plan } from "./plan.ts";

/** Worlds that once broke something, as small as fast-check could make them. Each stays for ever. */
export const regressions: readonly { readonly was: string; readonly plan: Plan }[] = [
  {
    was: "a receiver that was set back to before an older epoch never asks for it again",
    plan: {
      seed: 0,
      receivers: 1,
      batches: false,
      weather: { lose: 0, repeat: 0, delay: 0, late: 0, refuse: 0, queue: 0 },
      acts: [
        { act: "end", how: "old-disk", calls: 7 },
        { act: "tap", card: 0 },
        { act: "wait", ms: 30_000 },
        { act: "receiver", is: "restored", n: 0 },
        { act: "tap", card: 0 },
        { act: "wait", ms: 200 },
        { act: "wait", ms: 200 },
        { act: "tap", card: 0 },
        { act: "look", who: 0, draw: 0.9 },
      ],
    },
  },
  {
    was: "a clock that stops between its birth and the broker's word on it stays online for ever",
    plan: {
      seed: 1601175531,
      receivers: 2,
      batches: false,
      weather: { lose: 0, repeat: 5, delay: 0, late: 20, refuse: 0, queue: 0 },
      acts: [
        { act: "broker", downMs: 0 },
        { act: "end", how: "stop", calls: 16 },
        { act: "receiver", is: "backed-up", n: 0 },
        { act: "tap", card: 0 },
        { act: "wait", ms: 200 },
        { act: "wait", ms: 30_000 },
      ],
    },
  },
  {
    was: "a clock whose farewell the broker refuses stays online for ever",
    plan: {
      seed: 118414797,
      receivers: 1,
      batches: false,
      weather: { lose: 0, repeat: 30, delay: 0, late: 0, refuse: 10, queue: 0 },
      acts: [
        { act: "end", how: "stop", calls: 17 },
        { act: "look", who: 0, draw: 0.9 },
        { act: "tap", card: 1 },
        { act: "line", line: "up" },
        { act: "look", who: 0, draw: 0.9 },
        { act: "wait", ms: 200 },
      ],
    },
  },
  {
    was: "a disk that lies twice takes the word about its first loss with it, and no receipt is believed any more",
    plan: {
      seed: 5,
      receivers: 1,
      batches: false,
      weather: { lose: 0, repeat: 0, delay: 0, late: 0, refuse: 0, queue: 0 },
      acts: [
        { act: "remember" },
        { act: "tap", card: 0 },
        { act: "wait", ms: 7_000 },
        { act: "tap", card: 1 },
        { act: "wait", ms: 7_000 },
        { act: "end", how: "old-disk", calls: 3 },
        { act: "tap", card: 0 },
        { act: "wait", ms: 62_000 },
        { act: "tap", card: 1 },
        { act: "wait", ms: 30_000 },
        { act: "end", how: "old-disk", calls: 3 },
        { act: "tap", card: 0 },
        { act: "wait", ms: 62_000 },
      ],
    },
  },
];
