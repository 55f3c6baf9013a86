import type { Config } from "../config.ts";
import type { CounterAnswer } from "../core/counter-kinds.ts";
import type { PersonId } from "../core/person.ts";
import { dayMs, type RetentionDays } from "../core/retention.ts";
import type { LookLine } from "../core/rights/dossier.ts";
import type { RightsMemory, RightsWish } from "../core/rights/types.ts";
import type { Consents } from "./consents.ts";
import { openCopies } from "./copies.ts";
import type { Keeping } from "./keeping.ts";
import { createRequestOffice, type OfficeRooms, type RequestOffice } from "./request-office.ts";
import { createRights, type PictureRights, type RightsRooms } from "./rights-desk.ts";

export interface OwnDataOptions
  extends Pick<
      RightsRooms,
      "clock" | "source" | "members" | "pins" | "roster" | "vault" | "messages" | "erase" | "served"
    >,
    Pick<OfficeRooms, "changed" | "eventOf"> {
  readonly config: Pick<Config, "exportDir" | "exportLan" | "timeZone" | "keepDays">;
  readonly days: RetentionDays;
  readonly journal: RightsRooms["journal"];
  readonly people: OfficeRooms["people"];
  readonly consents: Pick<Consents, "standingOf" | "freeze" | "release" | "withdraw" | "codeOf">;
  readonly keeping: Pick<Keeping, "holds" | "lastSeen">;
  /** Pictures of their punches; null: none are taken here, and none are kept. */
  readonly pictures: PictureRights | null;
  /** Who looked; opened later than this. */
  readonly looks: (sub: PersonId) => Promise<readonly LookLine[]>;
}

/** What people may know of their own data and do about it, put together as a clock has it. */
export interface OwnData extends AsyncDisposable {
  /** For `StationOptions.wish`, wishes of "rights". */
  readonly wish: (wish: RightsWish) => Promise<CounterAnswer>;
  /** What everybody wishes: for the memory that the station begins with. */
  readonly memory: () => Promise<RightsMemory>;
  /** For the clerk. */
  readonly office: RequestOffice;
}

export function openOwnData(options: OwnDataOptions): OwnData {
  const { config, days, clock, source, journal, people, roster, vault, consents, keeping, pictures } = options;
  const copies = openCopies({
    folder: config.exportDir ?? null,
    lan: config.exportLan ?? null,
    nowUtcMs: () => clock.now().utcMs,
  });
  const rights = createRights({
    ...{ clock, source, journal, people, roster, vault, copies, timeZone: config.timeZone },
    ...{ members: options.members, pins: options.pins, messages: options.messages, erase: options.erase },
    ...(options.served && { served: options.served }),
    looks: options.looks,
    keep: { ...days, punch: config.keepDays },
    face: {
      of: (sub) => {
        const { isFrozen, lines, given } = consents.standingOf(sub);
        return { isFrozen, lines, untilUtcMs: given?.untilUtcMs ?? null };
      },
      act: async (sub, act) => {
        const appended = await consents[act](sub, "self");
        return appended === null ? null : consents.codeOf(appended);
      },
    },
    holds: (sub) =>
      keeping.holds
        .live()
        .filter((hold) => hold.sub === null || hold.sub === sub)
        .map(({ reason, untilUtcMs }) => ({ reason, untilUtcMs })),
    faceUsed: (sub) => {
      // Noted as the end of a day; nobody was here later than now.
      const day = keeping.lastSeen.used(sub);
      return day === null ? null : Math.min(day * dayMs, clock.now().utcMs);
    },
    ...(pictures !== null && { pictures }),
  });
  const { changed, eventOf } = options;
  return {
    wish: rights.wish,
    memory: rights.memory,
    office: createRequestOffice({ clock, journal, people, roster, vault, changed, eventOf }),
    [Symbol.asyncDispose]: copies[Symbol.asyncDispose],
  };
}
