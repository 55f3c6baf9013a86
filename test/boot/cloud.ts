import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { cardHasher, cardText } from "../../kiosk/core/card.ts";
import { longReceiptCode } from "../../kiosk/core/receipt.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { type ReceiverProcess, startReceiver } from "../receiver/receiver-process.ts";
import { type Mosquitto, openMosquitto } from "../torture/broker.ts";
import { journalOf, judge, type Kept, type Verdict } from "../torture/verdict.ts";

/** The office of the booted clock: a broker, a receiver with its store, a roster of people with cards. */
export interface Cloud extends AsyncDisposable {
  readonly broker: Mosquitto;
  /** The clock's key was made here, as a technician would register it: to be its state folder's first content. */
  readonly state: string;
  /** To be `/etc/lintel`, without `kiosk.json`. */
  readonly settings: string;
  /** Cards of people in the roster. */
  readonly cards: readonly string[];
  readonly source: string;
  /** Says what settings all clocks are to have, in the file that the receiver follows. */
  readonly want: (settings: Readonly<Record<string, unknown>>) => void;
  /** What the record at that place of the journal is about. */
  readonly typeAt: (journal: string, place: string) => string;
  readonly verdict: (receipts: readonly string[], journal: string) => Verdict;
}

const people = 20;

export async function openCloud(): Promise<Cloud> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "lintel-boot-cloud-"));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const at = (name: string): string => join(folder, name);
  const broker = stack.use(await openMosquitto());
  const { device, publicJwk } = await openSigner(at("state"));
  const source = `urn:lintel:acme:blr-01:${device}`;
  writeFileSync(at("devices"), `${JSON.stringify({ source, jwk: publicJwk })}\n`);
  const key = randomBytes(32);
  const hash = cardHasher(key);
  const cards = Array.from({ length: people }, (_, n) => `boot:${1_000 + n}`);
  const rows = cards.map((card, n) =>
    JSON.stringify({
      id: `p_${String(n).padStart(20, "0")}`,
      item: { st: "active", cards: [hash(cardText(card))], dn: `Person ${n}` },
    }),
  );
  writeFileSync(at("roster"), `${rows.join("\n")}\n`);
  const store = at("store.sqlite");
  writeFileSync(at("settings"), "");
  const receiver: ReceiverProcess = stack.use(
    startReceiver(
      ...["--broker", broker.url, "--sink", `sqlite:${store}`, "--devices", at("devices"), "--keys", at("keys.json")],
      ...["--cloud-keys", at("cloud.json"), "--roster", at("roster"), "--name", "payroll"],
      ...["--settings", at("settings")],
    ),
  );
  await receiver.says("Receiving as payroll");
  const settings = mkdtempSync(join(folder, "etc-"));
  writeFileSync(join(settings, "card.key"), key.toString("hex"));
  writeFileSync(join(settings, "cloud.json"), readFileSync(at("cloud.json")));
  const kept = (): readonly Kept[] => {
    using database = new DatabaseSync(store, { readOnly: true });
    const found = database.prepare("select epoch, seq, rh, jws from lintel_record order by epoch, seq").all();
    return found.map(({ rh, ...rest }) => ({ ...rest, rh: textOf(rh) })) as unknown as Kept[];
  };
  const count = (table: string): number => {
    using database = new DatabaseSync(store, { readOnly: true });
    return Number(database.prepare(`select count(*) as n from ${table}`).get()?.n);
  };
  const whole = stack.move();
  return {
    ...{ broker, settings, cards, source, state: at("state") },
    want: (doc) => writeFileSync(at("settings"), `${JSON.stringify({ for: "all", doc })}\n`),
    typeAt: (journal, place) => {
      const found = journalOf(journal).find(({ epoch, seq }) => `${epoch}/${seq}` === place);
      return `${place} ${found === undefined ? "is not in the journal" : eventOfOwn(found.jws).type}`;
    },
    verdict: (receipts, journal) => {
      const own = journalOf(journal);
      const sink = { kept: kept(), forks: count("lintel_fork"), refused: count("lintel_quarantine") };
      const byCode = new Map(
        [...own, ...sink.kept].map((record) => [longReceiptCode({ ...record, source }), record] as const),
      );
      // A receipt that neither knows is of a record that is lost.
      const thanked = receipts.map((code) => ({ epoch: 0, seq: -1, rh: code, ...byCode.get(code), id: code }));
      return judge(thanked, own, sink);
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString("base64url") : String(value);

/** Polls until it is so. @throws where it is not in time. */
export async function until(what: string, look: () => unknown, withinMs = 60_000): Promise<number> {
  const startedMs = performance.now();
  for (; performance.now() - startedMs < withinMs; await delay(50)) {
    if (await look()) return performance.now() - startedMs;
  }
  throw new Error(`never: ${what}`);
}
