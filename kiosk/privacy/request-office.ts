import type { RequestCard } from "../core/desk.ts";
import { Fault } from "../core/fault.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { People, RosterStore } from "../core/ports/people.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { Position, RecordEvent, RequestData } from "../core/record.ts";
import { wishedNamePiece } from "../core/rights/dossier.ts";
import { isOpen, type RequestLine, requestsOf } from "../core/rights/requests.ts";
import type { Vault } from "../core/vault.ts";

export interface OfficeRooms {
  readonly clock: Pick<Clock, "now">;
  readonly journal: Pick<Journal, "append" | "read">;
  readonly people: Pick<People, "all" | "templates" | "put">;
  readonly roster: Pick<RosterStore, "items">;
  readonly vault: Pick<Vault, "get" | "drop">;
  /** A name changed. */
  readonly changed: () => void;
  /** Reads the event of a record that this clock wrote. */
  readonly eventOf: (jws: string) => RecordEvent;
}

/** Where the office sees what people asked for at this clock, and answers. */
export interface RequestOffice {
  /** Oldest first. A name that somebody wishes stands in here, for the office's eyes, and nowhere else. */
  readonly list: () => Promise<readonly RequestCard[]>;
  /**
   * Answers one. A wished name that is granted is theirs from now on.
   * @throws Fault `request-unknown` where there is none, or it was answered; `desk-refused` where the cloud's roster gives
   *   the name, so that only the cloud can change it; what the stores throw.
   */
  readonly answer: (id: string, state: "done" | "declined") => Promise<RequestCard>;
}

/** Read at once: little enough that no punch waits for it. */
const slice = 256;

export function createRequestOffice(rooms: OfficeRooms): RequestOffice {
  const { clock, journal, vault } = rooms;

  const cardOf = async ({ id, sub, right, about, state, askedUtcMs, dueUtcMs, isOverdue }: RequestLine) => {
    const isName = about === "name" && state === "asked";
    const bytes = isName ? await vault.get(sub, wishedNamePiece) : null;
    const asked = new Date(askedUtcMs).toISOString();
    const due = new Date(dueUtcMs).toISOString();
    return { id, sub, right, about, state, asked, due, isOverdue, wish: bytes && Buffer.from(bytes).toString() };
  };

  const lines = (): readonly RequestLine[] => requestsOf(requestsIn(rooms), clock.now().utcMs);

  return {
    list: () => Promise.all(lines().map(cardOf)),
    answer: async (id, state) => {
      const line = lines().find((one) => one.id === id);
      if (line === undefined || !isOpen(line)) {
        throw new Fault(
          "request-unknown",
          "no such request waits for an answer",
          "`lintel requests` lists those that do, with their ids.",
        );
      }
      const { sub, right, about, dueUtcMs } = line;
      if (about === "name") await named(rooms, line, state);
      const due = new Date(dueUtcMs).toISOString();
      const data: RequestData = { sub, right, state, due, about, ref: id };
      await journal.append({ type: "request", data }, clock.now());
      if (about === "name") await vault.drop(sub, wishedNamePiece);
      return cardOf({ ...line, state, endedUtcMs: clock.now().utcMs, isOverdue: false });
    },
  };
}

function* requestsIn({ journal, eventOf }: OfficeRooms): Generator<RecordEvent> {
  for (let from: Position = { epoch: 0, seq: -1 }; ; ) {
    const records = journal.read(from, slice);
    for (const { type, jws } of records) if (type === "request") yield eventOf(jws);
    const end = records.at(-1);
    if (end === undefined) return;
    from = { epoch: end.epoch, seq: end.seq };
  }
}

/** The name first, then the record that says so: done twice it is the same name. */
async function named(rooms: OfficeRooms, { sub }: RequestLine, state: "done" | "declined"): Promise<void> {
  if (state === "declined") return;
  const { people, roster, vault, changed } = rooms;
  const bytes = await vault.get(sub, wishedNamePiece);
  const person = people.all().find(({ id }) => id === sub);
  if (bytes === null || person === undefined) return;
  const wish = Buffer.from(bytes).toString();
  const item = (await roster.items()).find(({ id }) => id === sub);
  const given = item === undefined ? null : nameIn(item.text);
  if (given !== null && given !== wish) {
    const remedy = "Correct it there; once the clock has it, close the request.";
    throw new Fault("desk-refused", "the cloud's roster gives this name, and would give it again", remedy);
  }
  const template = people.templates().find((one) => one.person === sub) ?? null;
  await people.put({ ...person, displayName: wish }, template);
  changed();
}

function nameIn(item: string): string | null {
  try {
    const { dn } = JSON.parse(item);
    return typeof dn === "string" ? dn : null;
  } catch {
    return null;
  }
}
