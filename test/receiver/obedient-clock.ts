import { readFileSync } from "node:fs";
import { connect } from "mqtt";
import { v7 } from "uuid";
import { LuError } from "../../kiosk/core/jws.ts";
import { sourceOf } from "../../kiosk/core/record.ts";
import { utcText } from "../../kiosk/core/time.ts";
import { configEvent } from "../../kiosk/uplink/contract/config.ts";
import { eventOfOwn, wrap } from "../../kiosk/uplink/contract/envelope.ts";
import { type CloudKey, keyFromJwk, unwrapFromCloud } from "../../kiosk/uplink/contract/keys.ts";
import { acceptCommand } from "../../kiosk/uplink/contract/orders.ts";
import { timeReply } from "../../kiosk/uplink/contract/requests.ts";
import { type RosterPage, rosterPage } from "../../kiosk/uplink/contract/roster.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { type Roster, rosterRoot, turnPages } from "../../kiosk/uplink/contract/turn-pages.ts";
import { ackEvent } from "../../kiosk/uplink/contract/wire.ts";
import { emptyRoster } from "../../kiosk/uplink/receiver/roster-publisher.ts";
import { newKey, signedWire, smallJournal } from "../unit/uplink/parts.ts";

/** A clock of paper that does as it is told: as much of the device's downlink as a receiver is tried with. */
export interface ObedientClock extends AsyncDisposable {
  readonly source: string;
  readonly line: string;
  /** Ids of orders, each time one was carried out. */
  readonly ran: readonly string[];
  readonly upto: () => number;
  readonly head: () => number;
  readonly roster: () => Roster;
  readonly settings: () => { readonly v: number; readonly doc: string } | null;
  /** Answers to `askTime`, by nonce. */
  readonly times: ReadonlyMap<string, string>;
  /** Says that it is there, in a new session. */
  readonly birth: () => void;
  readonly ask: (what: "time" | "roster" | "config", n?: string) => void;
  /** Sends what was not receipted. */
  readonly nag: () => void;
  readonly leave: () => Promise<void>;
}

/** The file that `lintel receive --cloud-keys` writes. */
export function cloudKeysIn(file: string, tenant: string): readonly CloudKey[] {
  const { keys } = JSON.parse(readFileSync(file, "utf8")) as { readonly keys: readonly PublicKey[] };
  return keys.map((jwk) => {
    if ("d" in jwk) throw new Error("a private half");
    const { kid, key } = keyFromJwk(jwk);
    return { kid, key, role: jwk.role, source: `urn:lintel:${tenant}:cloud:${jwk.name}` };
  });
}

type PublicKey = { kty: string; crv: string; x: string; role: string; name: string };

export async function openObedientClock(options: {
  readonly brokerUrl: string;
  readonly n: number;
  readonly cloudKeys: () => readonly CloudKey[];
}): Promise<ObedientClock> {
  const { brokerUrl, n, cloudKeys } = options;
  const key = newKey();
  const identity = { tenant: "acme", site: "north", device: `k${String(n).padStart(20, "0")}` };
  const source = sourceOf(identity);
  const journal = smallJournal(key, identity);
  const ran: string[] = [];
  const seen = new Set<string>();
  const times = new Map<string, string>();
  let upto = -1;
  let roster: Roster = emptyRoster;
  let settings: { readonly v: number; readonly doc: string } | null = null;
  let pages: RosterPage["data"][] = [];
  const client = connect(brokerUrl, { clientId: `${identity.device}${n}`, reconnectPeriod: 100, resubscribe: true });
  client.on("error", () => {});
  const publish = (channel: "rec" | "sta" | "req", bytes: Uint8Array) => {
    void client.publishAsync(generic5.up(identity, channel), Buffer.from(bytes), { qos: 1 }).catch(() => {});
  };
  const sendFrom = (seq: number) => {
    for (const { jws } of journal.records.slice(seq)) publish("rec", wrap(jws, eventOfOwn(jws)));
  };
  const obey = async (bytes: Uint8Array) => {
    const { id } = acceptCommand(bytes, {
      ...{ device: identity, groups: [], keys: cloudKeys() },
      now: { utcMs: Date.now(), errMs: 5, src: "ntp" },
      seen: { low: () => -1, has: (one) => seen.has(one) },
    });
    seen.add(id);
    const from = journal.records.length;
    await journal.append({ type: "cmdlog", data: { cmd: id, state: "accepted" } }, { utcMs: 0, monoMs: 0 });
    ran.push(id);
    await journal.append({ type: "cmdlog", data: { cmd: id, state: "done" } }, { utcMs: 0, monoMs: 0 });
    sendFrom(from);
  };
  const turn = (page: RosterPage["data"]) => {
    pages = [...pages.filter(({ to, base }) => to === page.to && base === page.base), page];
    if (new Set(pages.map((one) => one.page)).size < page.pages) return;
    const step = [...new Map(pages.map((one) => [one.page, one])).values()];
    pages = [];
    roster = turnPages(roster, step);
  };
  const heard = async (topic: string, bytes: Uint8Array) => {
    const open = (typ: "ack" | "ros" | "cfg" | "tim") =>
      unwrapFromCloud(bytes, `lintel-${typ}+jws`, typ, cloudKeys()).event;
    const channel = generic5.decode(topic)?.channel;
    if (channel === "ack") upto = Math.max(upto, ackEvent.parse(open("ack")).data.upto);
    else if (channel === "cmd") await obey(bytes);
    else if (channel === "ros") turn(rosterPage.parse(open("ros")).data);
    else if (channel === "cfg") settings = configEvent.parse(open("cfg")).data;
    else if (channel === "tim") {
      const { data } = timeReply.parse(open("tim"));
      times.set(data.n, data.utc);
    }
  };
  client.on("message", (topic, bytes) => {
    void heard(topic, bytes).catch((error: unknown) => {
      if (!(error instanceof LuError)) throw error;
    });
  });
  await client.subscribeAsync(`lintel1/acme/north/${identity.device}/dn/+`, { qos: 1 });
  const about = (type: string) => ({
    ...{ specversion: "1.0" as const, id: v7(), source, type: `dev.lintel.${type}.v1`, time: utcText(Date.now()) },
  });
  const place = () => {
    const { epoch: ep, seq, rh } = journal.head();
    return { ep, head: { seq, rh } };
  };
  const have = () => ({ v: roster.v, root: rosterRoot(roster.items) });
  return {
    source,
    line: JSON.stringify({ source, jwk: key.jwk }),
    ran,
    times,
    upto: () => upto,
    head: () => journal.head().seq,
    roster: () => roster,
    settings: () => settings,
    birth: () => {
      const data = {
        ...{ state: "online", sess: v7(), ...place(), cur: {}, backlog: 0, fw: "paper", cap: [] },
        ...{ clock: { src: "ntp", err: 5, age: 1 }, ros: have(), cfg: { v: settings?.v ?? 0, h: null } },
      };
      publish("sta", signedWire("lintel-sta+jws", { ...about("status"), data }, key));
    },
    ask: (what, n = v7()) => {
      const { v, root } = have();
      const data =
        what === "time" ? { n } : what === "roster" ? { have: v, root } : { have: settings?.v ?? 0, h: null };
      publish("req", signedWire("lintel-req+jws", { ...about(`${what}-request`), data }, key));
    },
    nag: () => {
      sendFrom(upto + 1);
      publish("req", signedWire("lintel-req+jws", { ...about("sync"), data: { sess: v7(), ...place() } }, key));
    },
    leave: async () => {
      await client.endAsync(true);
    },
    [Symbol.asyncDispose]: () => client.endAsync(true),
  };
}
