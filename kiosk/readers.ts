import type { Reader } from "./core/ports.ts";
import { type KeepOptions, keep } from "./keep.ts";
import { listen } from "./listen.ts";
import { openHidReader } from "./reader/hid.ts";
import type { Station } from "./run.ts";

interface ReaderKeeping extends Omit<KeepOptions<Reader>, "open" | "use"> {
  readonly post: Station["post"];
}

/**
 * Keeps the reader open that the setting names.
 * @param cards the pretended reader of a demo; null where cards are real.
 */
export function keepReader(
  setting: string,
  cards: Reader | null,
  keeping: ReaderKeeping,
  signal: AbortSignal,
): Promise<void> {
  const { clock, post, report } = keeping;
  const [kind, path] = setting.split(/:(.*)/s);
  const isPretended = kind === "sim" || (kind === "auto" && cards !== null);
  if (kind === "none" || (isPretended && cards === null)) {
    report({ is: "none" });
    return Promise.resolve();
  }
  return keep<Reader>(
    {
      ...keeping,
      // A site that never had a reader is not ill; one that is plugged in later is taken up all the same.
      report: (state) =>
        report(kind === "auto" && state.is === "down" && state.code === "reader-missing" ? { is: "none" } : state),
      open: async () => (isPretended && cards !== null ? cards : openHidReader({ clock, ...(path && { path }) })),
      use: (reader, until, healthy) => {
        healthy();
        return listen(reader.taps(until), (tap) => post({ kind: "tap", tap, at: clock.now() }));
      },
    },
    signal,
  );
}
