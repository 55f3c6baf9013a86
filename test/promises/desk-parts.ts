import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  type Credentials,
  type DeskAnswer,
  type DeskNews,
  type DeskRequest,
  enrolText,
  type SessionWish,
  sessionText,
  type WorkRequest,
} from "../../kiosk/core/desk.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import type { Worker } from "../../kiosk/core/ports/wall.ts";
import type { AuditData } from "../../kiosk/core/record.ts";
import type { Actor, OperatorId, Reason, Role } from "../../kiosk/core/roles.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { type EntranceOptions, openEntrance } from "../../kiosk/office/entrance.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { readOwnerProof } from "../../kiosk/store/owner-proof.ts";
import { identity, newKey } from "../unit/uplink/parts.ts";

/** A clock's desk with its real gate, operators and journal, a clock that is moved by hand, and a worker that only notes. */

export const startUtcMs = Date.UTC(2026, 10, 22, 8);

export async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-promise-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));
  return directory;
}

export interface Somebody {
  readonly operator: OperatorId;
  readonly role: Role;
  readonly sign: (text: string) => string;
}

export interface DeskOptions extends Partial<Pick<EntranceOptions, "isDemo" | "isLocked" | "snapshots" | "standing">> {
  readonly directory?: string;
  readonly worker?: Worker;
}

export async function openDeskScene(options: DeskOptions = {}) {
  const directory = options.directory ?? (await folder());
  const clock = testClock(startUtcMs);
  const { signer, jwk } = newKey();
  const journal = await openJournal({
    ...{ directory, identity, signer, clock, firmware: "0.1.0", boot: 1, isFirstStart: true },
  });
  let failure: Error | null = null;
  const book = {
    read: journal.read,
    head: journal.head,
    at: journal.at,
    proofOf: journal.proofOf,
    append: (...asked: Parameters<typeof journal.append>) =>
      failure === null ? journal.append(...asked) : Promise.reject(failure),
  };
  const worked: { readonly request: WorkRequest; readonly actor: Actor | undefined }[] = [];
  const worker: Worker =
    options.worker ??
    (async (request, _tell, _gone, actor) => {
      worked.push({ request, actor });
      return { spaceId: "space-1", people: [] };
    });
  const open = () =>
    openEntrance({
      isLocked: options.isLocked ?? (() => false),
      ...{ directory, journal: book, clock, identity, timeZone: "Europe/Berlin", isDemo: options.isDemo ?? false },
      ...{ standing: options.standing ?? (() => "no face, badges 0, no pin"), snapshots: options.snapshots ?? null },
      note: (error) => {
        throw error;
      },
    });
  let entrance = await open();
  let clerk = entrance.gate(worker);
  const news: DeskNews[] = [];
  const ask = (request: DeskRequest, shown: Partial<Credentials> = {}): Promise<DeskAnswer> =>
    clerk(request, (one) => news.push(one), new AbortController().signal, { sessions: [], owner: null, ...shown });
  const owner = async (): Promise<string | null> => readOwnerProof(directory);

  const operator = async (role: Role, sessions: readonly string[] = []): Promise<Somebody> => {
    const added = await ask({ ask: "operator-add", role }, { owner: await owner(), sessions });
    if (!("secret" in added)) throw new Error("nobody was added");
    const { privateKey } = generateKeyPairSync("ed25519");
    const { x = "" } = privateKey.export({ format: "jwk" });
    const signed = (text: string): string => sign(null, Buffer.from(text), privateKey).toString("base64url");
    await ask({ ask: "operator-enrol", secret: added.secret, x, sig: signed(enrolText(added.secret, x)) });
    return { operator: added.operator, role, sign: signed };
  };
  const challenge = async () => {
    const asked = await ask({ ask: "session-challenge" });
    if (!("challenge" in asked)) throw new Error("no challenge");
    return asked;
  };
  const session = async (
    who: Somebody,
    reason: Reason = "inspection",
    minutes = 15,
    ticket: string | null = null,
  ): Promise<string> => {
    const asked = await challenge();
    const wish: SessionWish = { operator: who.operator, reason, ticket, minutes };
    const sig = who.sign(sessionText(asked, wish));
    const begun = await ask({ ask: "session-begin", challenge: asked.challenge, sig, ...wish });
    if (!("token" in begun)) throw new Error("no session");
    return begun.token;
  };
  /** One of each, with a session each. The privacy officer comes last, or their word would be needed for the others. */
  const three = async () => {
    const technician = await operator("technician");
    const supervisor = await operator("supervisor");
    const officer = await operator("privacy-officer");
    const tokens: Record<Role, string> = {
      technician: await session(technician, "repair"),
      supervisor: await session(supervisor, "enrolment"),
      "privacy-officer": await session(officer, "rights-request", 15, "CASE-815"),
    };
    return { technician, supervisor, officer, tokens };
  };
  const audits = (): readonly AuditData[] =>
    journal
      .read({ epoch: 0, seq: -1 }, 10_000)
      .filter(({ type }) => type === "audit")
      .map(({ jws }) => eventOf(jws).data as AuditData);
  return {
    ...{
      directory,
      clock,
      journal,
      signer,
      jwk,
      worked,
      news,
      ask,
      owner,
      operator,
      challenge,
      session,
      three,
      audits,
    },
    looksAt: (sub: PersonId) => entrance.trail.looksAt(sub),
    /** What a restart leaves: the disk. */
    restart: async () => {
      entrance = await open();
      clerk = entrance.gate(worker);
    },
    /** From now on the journal takes nothing; null: it does again. */
    failWith: (error: Error | null) => {
      failure = error;
    },
  };
}
