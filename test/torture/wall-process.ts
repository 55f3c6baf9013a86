import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cardHash } from "../../kiosk/core/card.ts";
import { isFault } from "../../kiosk/core/fault.ts";
import { blankMemory, recalled, withPeople } from "../../kiosk/core/memory.ts";
import { personId } from "../../kiosk/core/person.ts";
import { defaultPolicy } from "../../kiosk/core/policy.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { listen } from "../../kiosk/listen.ts";
import { openSimReader } from "../../kiosk/reader/sim.ts";
import { createStation } from "../../kiosk/run.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { openScreen } from "../../kiosk/ui/server.ts";
import { openUplink } from "../../kiosk/uplink/uplink.ts";
import { quick } from "../unit/uplink/parts.ts";
import type { WallPlan } from "./wall.ts";

/**
 * A wall clock without eyes, as a process to be killed: journal, loop, uplink and (where asked) page are the real ones,
 * wired as kiosk/main.ts wires them; only the badges are laid by a hand that never tires. What a person would be thanked
 * for is said on standard output in the moment in which the wall says it: `THANKED epoch seq rh id`.
 *
 * Standard input: `LOAD perS` taps so often, `TAP n` lays badge n; its end is the end of the process, so that none is
 * left behind.
 */
const plan = JSON.parse(process.argv[2] ?? "{}") as WallPlan;
const say = (...words: readonly (string | number)[]): void => void process.stdout.write(`${words.join(" ")}\n`);
const people = Array.from({ length: 50 }, (_, n) => ({
  id: personId(`p_${String(n).padStart(20, "0")}`),
  displayName: `Person ${n}`,
  badges: [cardHash(`card-${n}`)],
  lookAlikes: [],
}));
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());

try {
  await run(stop.signal);
} catch (error) {
  say("FAULT", isFault(error) ? error.code : String((error as Error).stack).replaceAll("\n", " | "));
  process.exitCode = isFault(error) ? 75 : 70;
}
process.exit();

async function run(signal: AbortSignal): Promise<void> {
  await using rooms = new AsyncDisposableStack();
  const clock = await openSystemClock();
  const signer = await openSigner(plan.state);
  const identity = { tenant: "acme", site: "blr-01", device: signer.device };
  const speaker = { identity, signer, clock, fw: "0.1.0" };
  const opening = { directory: plan.state, identity, signer, clock, firmware: "0.1.0", boot: 1 };
  const journal = rooms.use(
    await openJournal({ ...opening, isFirstStart: signer.fresh, ballastBytes: 256 * 1024, ...plan.journal }),
  );
  await signer.markUsed();
  for (let n = journal.head().seq; n < (plan.backlog ?? 0); n += 50) {
    const body = { type: "boot", data: { boot: 1, fw: "0.1.0" } } as const;
    const crowd = await Promise.all(Array.from({ length: 50 }, () => journal.append(body, clock.now())));
    for (const { stored } of crowd) say("THANKED", stored.epoch, stored.seq, stored.rh, stored.id);
  }
  const receiver = { name: "payroll", jwk: JSON.parse(readFileSync(plan.receiptKey, "utf8")) };
  const uplink = rooms.use(
    await openUplink({
      ...speaker,
      journal,
      receiver,
      broker: { brokerUrl: plan.brokerUrl },
      simulated: false,
      pace: plan.pace === "usual" ? {} : { ...quick, ...plan.pace },
      batches: plan.batches ?? false,
      fixed: ({ monoMs, utcMs, errMs }) => {
        const utc = new Date(utcMs).toISOString();
        const data = { boot: 1, mono: monoMs, utc, err: errMs, src: "ack" } as const;
        void journal.append({ type: "timefix", data }, clock.now()).then(() => say("FIXED", monoMs, utcMs, errMs));
      },
    }),
  );
  const dist = join(import.meta.dirname, "../../kiosk/ui/dist");
  const screen = plan.page === true ? rooms.use(await openScreen({ port: 0, dist })) : null;
  const station = createStation({
    memory: recalled(withPeople(blankMemory, people), journal.recall(clock.now().utcMs - 60_000)),
    policy: { ...defaultPolicy, timeZone: plan.timeZone ?? "Etc/UTC", duplicateWindowMs: 0 },
    place: { site: "Riverside", gate: "Gate 2", timeZone: plan.timeZone ?? "Etc/UTC", locale: "en-GB" },
    clock,
    journal: {
      probe: journal.probe,
      append: async (body, at) => {
        const appended = await journal.append(body, at);
        uplink.wake();
        return appended;
      },
    },
    screen: screen ?? { show: () => {} },
    moment: () => ({ clock: clock.quality(), boot: 1 }),
    forget: () => {},
    enrolled: () => {},
    observed: (event) => {
      if (event.kind === "saved") say("THANKED", event.position.epoch, event.position.seq, event.rh, event.id);
      if (event.kind === "save-failed") say("REFUSED", event.code);
    },
  });
  const { post } = station;
  for (const room of ["camera", "engine"] as const)
    post({ kind: "room", room, state: { is: "none" }, at: clock.now() });
  for (const room of ["reader", "journal"] as const) post({ kind: "room", room, state: { is: "up" }, at: clock.now() });
  post({ kind: "ready", at: clock.now() });

  const reader = openSimReader({ clock });
  const tap = (n: number): void => reader.tap(cardHash(`card-${n % people.length}`));
  const load = { perS: plan.tapsPerS ?? 0 };
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    const [word, number] = line.split(" ");
    if (word === "LOAD") load.perS = Number(number);
    if (word === "TAP") tap(Number(number));
  });
  lines.once("close", () => stop.abort());
  say("READY", signer.device, screen?.url ?? "-");
  const keepTapping = async (): Promise<void> => {
    for (let n = 0; !signal.aborted; ) {
      await clock.sleep(load.perS > 0 ? 1000 / load.perS : 50, signal);
      if (load.perS > 0 && !signal.aborted) tap(n++);
    }
  };
  await Promise.all([
    station.run(signal),
    keepTapping(),
    listen(reader.taps(signal), (one) => post({ kind: "tap", tap: one, at: clock.now() })),
    listen(uplink.news(signal), (news) => {
      post({ kind: "uplink", news, at: clock.now() });
      const { epoch, seq } = news.receipted ?? { epoch: 0, seq: -1 };
      const head = journal.head();
      const about = news.trouble?.code ?? "-";
      say("NEWS", news.online ? "online" : "offline", epoch, seq, head.epoch, head.seq, about);
    }),
    screen === null
      ? undefined
      : listen(screen.touches(signal), (touch) => post({ kind: "touch", touch, at: clock.now() })),
  ]);
}
