import { openBulletins } from "../../kiosk/bulletins.ts";
import type { Person } from "../../kiosk/core/person.ts";
import type { Policy } from "../../kiosk/core/policy.ts";
import type { Template } from "../../kiosk/core/ports/engine.ts";
import type { JournalConsents } from "../../kiosk/core/ports/journal.ts";
import { type RecordEvent, type RequestData, sourceOf } from "../../kiosk/core/record.ts";
import type { RightsAct, RightsPage } from "../../kiosk/core/rights/view.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { type Consents, createConsents } from "../../kiosk/privacy/consents.ts";
import type { Copies } from "../../kiosk/privacy/copies.ts";
import { openCopies } from "../../kiosk/privacy/copies.ts";
import { createRequestOffice, type RequestOffice } from "../../kiosk/privacy/request-office.ts";
import { createRights, type PictureRights, type Rights } from "../../kiosk/privacy/rights-desk.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { openSettings } from "../../kiosk/store/settings.ts";
import { keptPolicy } from "../consented.ts";
import { scratch } from "../scratch.ts";
import { everything, Wall } from "../unit/core/visit.ts";
import { at } from "../unit/core/wall.ts";
import { type Household, openHousehold } from "./household.ts";
import { startMs } from "./time-machine.ts";

/** The counter as a finger meets it, the desk behind it, and behind that the stores of a real clock. */
export interface World extends AsyncDisposable {
  readonly house: Household;
  readonly state: string;
  readonly consents: Consents;
  readonly rights: Rights;
  readonly office: RequestOffice;
  readonly bulletins: ReturnType<typeof openBulletins>;
  readonly source: string;
  readonly requests: () => readonly RequestData[];
  readonly records: (type?: string) => readonly RecordEvent[];
  /** Somebody shows their badge for their own data; the wall stands at what the clock knows of them. */
  readonly visit: (person: Person, rules?: Partial<Policy>) => Promise<Visit>;
  readonly agree: (person: Person) => Promise<Template>;
}

export interface Visit {
  readonly wall: Wall;
  /** One finger, and whatever it sets going is over when it resolves. */
  readonly touch: (...acts: readonly RightsAct[]) => Promise<RightsPage>;
  readonly page: () => RightsPage;
}

export interface WorldOptions {
  readonly state?: string;
  readonly nowUtcMs?: number;
  readonly copies?: Pick<Copies, "doors" | "give">;
  readonly folder?: string;
  readonly lan?: string;
  /** Pictures of punches, where the test has them. */
  readonly pictures?: (behind: Pick<World, "house" | "consents">) => PictureRights;
}

export const timeZone = "Europe/Berlin";

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { state = scratch(), nowUtcMs = startMs, folder = null, lan = null } = options;
  const rooms = new AsyncDisposableStack();
  const house = rooms.use(await openHousehold({ state, nowUtcMs }));
  const { clock, journal, people, pins, roster, vault, erasure } = house;
  const ring = await openSigner(state);
  const source = sourceOf({ tenant: "acme", site: "blr-01", device: ring.device });
  const kept = keptPolicy();
  const settings = await openSettings(state);
  const bulletins = openBulletins({
    ...{ settings, clock, show: () => {} },
    note: (error) => {
      throw error;
    },
  });
  const consents = createConsents({
    ...{ vault, people, source, clock, site: "blr-01" },
    journal: journal as typeof journal & JournalConsents,
    keyOf: (kid) => ring.held(kid)?.publicKey,
    policy: () => ({ now: kept, coming: null }),
    advance: async () => {},
    takeOut: async (sub) => void house.withdrawn.push(sub),
    changed: async () => {},
    told: () => {},
    note: (fault) => {
      throw fault;
    },
  });
  await consents.load();
  const members = () => people.all().map((person) => ({ ...person }));
  const copies =
    options.copies ??
    rooms.use(openCopies({ folder, lan, nowUtcMs: () => clock.now().utcMs, isMounted: async () => true }));
  const pictures = options.pictures?.({ house, consents });
  const rights = createRights({
    ...(pictures !== undefined && { pictures }),
    ...{ clock, timeZone, source, journal, people, pins, roster, vault, copies, members },
    messages: bulletins.for,
    served: people.looks.of,
    face: {
      of: (sub) => {
        const { isFrozen, lines, given } = consents.standingOf(sub);
        return { isFrozen, lines, untilUtcMs: given?.untilUtcMs ?? null };
      },
      act: async (sub, act) => {
        const appended = await consents[act](sub, "self:card");
        return appended === null ? null : consents.codeOf(appended);
      },
    },
    erase: async (sub, cmd) => {
      consents.forget(sub);
      await bulletins.forget(sub);
      return erasure.erase(sub, cmd);
    },
    keep: { punch: 35, consent: 2_190, audit: 365, template: 180 },
  });
  const office = createRequestOffice({ clock, journal, people, roster, vault, eventOf, changed: () => {} });
  const records = (type?: string): readonly RecordEvent[] =>
    journal
      .read({ epoch: 0, seq: -1 }, 100_000)
      .filter((record) => type === undefined || record.type === type)
      .map(({ jws }) => eventOf(jws));

  const visit = async (person: Person, rules: Partial<Policy> = {}): Promise<Visit> => {
    const badge = "4711" as Person["badges"][number];
    const wall = new Wall({ ...everything, timeZone, ...rules }, [{ ...person, badges: [badge] }]);
    wall.memory = { ...wall.memory, rights: await rights.memory() };
    const answerAll = async (): Promise<void> => {
      for (;;) {
        const wishes = wall.effects.splice(0).flatMap((effect) => (effect.do === "wish" ? [effect.wish] : []));
        if (wishes.length === 0) return;
        for (const wish of wishes) {
          if (wish.of !== "rights") throw new Error("another counter's wish");
          try {
            wall.happen({ kind: "counter", answer: await rights.wish(wish), at: at(++wall.ms) });
          } catch (error) {
            const { code, remedy } = error as { code: never; remedy: string };
            if (code === undefined) throw error;
            wall.happen({ kind: "counter-failed", failure: { wish, code, remedy }, at: at(++wall.ms) });
          }
        }
      }
    };
    const page = (): RightsPage => {
      const view = wall.view();
      if (view.at !== "rights") throw new Error(`the wall stands at ${view.at}`);
      return view.page;
    };
    wall.touch({ touch: "errand", errand: "rights" }).tap(badge);
    await answerAll();
    return {
      ...{ wall, page },
      touch: async (...acts) => {
        for (const act of acts) {
          wall.touch({ touch: "rights", act });
          await answerAll();
        }
        return page();
      },
    };
  };

  const agree = async (person: Person): Promise<Template> => {
    const { consentId } = await consents.give(person.id, {
      ...{
        text: { v: 1, lang: "en", h: "A".repeat(43) },
        pol: { v: 1, h: kept.h },
        sign: { how: "card+pin", h: null },
      },
      ...{ by: "self:card", age: 18 },
    });
    const vectors = [Float32Array.from({ length: 8 }, (_, index) => index / 10)];
    const createdMs = clock.now().utcMs;
    const template: Template = {
      ...{ person: person.id, spaceId: "space-1", vectors, consentId, createdMs, quality: 70, source: "camera" },
    };
    await people.put(person, template);
    return template;
  };

  return {
    ...{ house, state, consents, rights, office, bulletins, source, records, visit, agree },
    requests: () => records("request").map(({ data }) => data as RequestData),
    [Symbol.asyncDispose]: () => rooms.disposeAsync(),
  };
}
