/**
 * What an update does next, decided from what is on the disk and from nothing else: whoever was cut off, by a kill or by
 * the power, goes on where the disk says. docs/updates.md draws it. Shell knows the same trial (lintel-launch).
 */

/** A version that was switched to and has not shown yet that it works. */
export type Trial =
  | { readonly is: "counted"; readonly version: string; readonly starts: number; readonly before: string | null }
  /** Given up: the version before is put back. */
  | { readonly is: "returning"; readonly version: string; readonly before: string | null; readonly why: string };

export interface Seen {
  /** The update that runs at the next start; null: the package's own version. */
  readonly current: string | null;
  readonly trial: Trial | null;
  /** Unpacked, proved and checked, and waiting to be switched to. */
  readonly staged: string | null;
  /** What the settings want; null: nothing, or what they want was tried and taken back. */
  readonly wanted: string | null;
  /** The version that `current` stands for. */
  readonly version: string;
}

export type Step =
  /** A return was begun: it is brought to its end. */
  | { readonly do: "finish-return"; readonly version: string; readonly why: string }
  /** It was taken back, by whoever: remembered, so that it is not tried again by itself. */
  | { readonly do: "note-return"; readonly version: string; readonly why: string }
  /** Announced and never switched to: nothing happened. */
  | { readonly do: "drop-trial" }
  /** Switched, and the clock that runs is still the old one. */
  | { readonly do: "start"; readonly version: string }
  /** It was started: well, it stays; ill, it goes. */
  | { readonly do: "judge"; readonly version: string; readonly before: string | null }
  | { readonly do: "switch"; readonly version: string }
  /** Fetched, proved, unpacked, checked. */
  | { readonly do: "stage"; readonly version: string }
  | { readonly do: "rest" };

/** A trial that was started this often without being found well is over; lintel-launch counts to the same number. */
export const startsMax = 3;

export function nextStep({ current, trial, staged, wanted, version }: Seen): Step {
  if (trial !== null) {
    const isCurrent = trial.version === current;
    if (trial.is === "returning") {
      const { why } = trial;
      return { do: isCurrent ? "finish-return" : "note-return", version: trial.version, why };
    }
    if (!isCurrent) return { do: "drop-trial" };
    if (trial.starts === 0) return { do: "start", version: trial.version };
    return { do: "judge", version: trial.version, before: trial.before };
  }
  if (wanted === null || wanted === version) return { do: "rest" };
  return staged === wanted ? { do: "switch", version: wanted } : { do: "stage", version: wanted };
}
