import type { PersonId } from "../core/person.ts";
import { dayMs } from "../core/retention.ts";
import type { HeldView } from "../core/rights/view.ts";
import type { Snapshots } from "../store/snapshots.ts";
import type { Consents } from "./consents.ts";
import type { Holds } from "./holds.ts";
import type { PictureRights } from "./rights-desk.ts";

export interface OwnPicturesRooms {
  readonly snapshots: Pick<Snapshots, "list" | "forget">;
  /** Pictures are still taken here, of whoever did not say no. */
  readonly isOn: boolean;
  /** How many days one is kept. */
  readonly days: number;
  readonly consents: Pick<Consents, "pictures" | "picturesOf" | "codeOf">;
  readonly holds: Pick<Holds, "isHeld" | "over">;
}

/** What people say of pictures of themselves, and what is done by it. */
export interface OwnPictures extends PictureRights {
  /** Deletes what is still kept of whoever said no and nothing holds any more: a hold has ended, or a crash came between. */
  readonly follow: () => Promise<void>;
}

export function createOwnPictures({ snapshots, isOn, days, consents, holds }: OwnPicturesRooms): OwnPictures {
  const heldFor = (sub: PersonId): HeldView | null => {
    if (snapshots.list(sub).length === 0 || !holds.isHeld("snapshot", sub)) return null;
    const ours = holds.over(sub).filter(({ classes }) => classes.includes("snapshot"));
    const last = ours.toSorted((a, b) => b.untilUtcMs - a.untilUtcMs).at(0);
    return { untilUtcMs: last?.untilUtcMs ?? null, owner: last?.owner ?? "" };
  };
  return {
    of: (sub) => ({
      ...{ isOn, isRefused: consents.picturesOf(sub).isRefused },
      lines: snapshots.list(sub).map(({ takenUtcMs }) => ({ takenUtcMs, untilUtcMs: takenUtcMs + days * dayMs })),
    }),
    refuse: async (sub) => {
      // The record first: once it is written no punch takes a picture, and a crash before the rest ends in `follow`.
      const certificate = consents.codeOf(await consents.pictures(sub, false, "self"));
      const held = heldFor(sub);
      if (held === null) await snapshots.forget(sub);
      return { certificate, held };
    },
    allow: async (sub) => consents.codeOf(await consents.pictures(sub, true, "self")),
    follow: async () => {
      const kept = new Set(snapshots.list(null).map(({ person }) => person));
      for (const sub of kept) {
        if (consents.picturesOf(sub).isRefused && !holds.isHeld("snapshot", sub)) await snapshots.forget(sub);
      }
    },
  };
}
