import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFailed, test } from "vitest";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { brokers } from "../contract/broker-parts.ts";
import { deviceLine, introduce, openClock, openPayroll, punches, sourceOfClock } from "../provisioning/care.ts";
import { startReceiver } from "../receiver/receiver-process.ts";
import { runLintel } from "../run-lintel.ts";
import { scratch } from "../scratch.ts";
import { tapWire } from "./cloud-side.ts";
import { startKiosk } from "./kiosk.ts";

test("IC-13 a new board that runs sends what the old one owed, once, and goes on with its own key", {
  timeout: 120_000,
}, async () => {
  const openMosquitto = brokers.find(([name]) => name === "mosquitto")?.[1];
  if (openMosquitto === undefined) throw new Error("the table of brokers has no mosquitto");
  const [old, state, office] = [scratch(), scratch(), scratch()];
  const at = (name: string): string => join(office, name);
  const [devices, store] = [at("devices"), `sqlite:${at("store.sqlite")}`];
  writeFileSync(devices, `${await deviceLine(old)}\n`);
  const source = await sourceOfClock(old);
  const made: string[] = [];
  {
    await using sink = openSqliteSink(at("store.sqlite"));
    const payroll = await openPayroll(sink);
    await introduce(payroll, old);
    await using clock = await openClock(old);
    made.push(...(await punches(clock, 5)));
    await payroll.take(clock);
    // The office was away from here on, and then the board died.
    made.push(...(await punches(clock, 40)));
  }
  const board = await runLintel("replace", "board", "--state", state, "--old-disk", old, "--json");
  expect(board.code, board.stderr).toBe(0);
  const accepted = ["replace", "accept", join(state, "replacement.json"), "--devices", devices, "--sink", store];
  expect(await runLintel(...accepted)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/vouched for by its old key/),
  });

  await using broker = await openMosquitto();
  const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
  await using wire = await tapWire(brokerUrl);
  await using receiver = startReceiver(
    ...["--broker", brokerUrl, "--sink", store, "--devices", devices],
    ...["--keys", at("keys.json"), "--cloud-keys", at("cloud.json")],
  );
  await receiver.says("Receiving as payroll from 2 clock key(s)");
  const flags = ["--broker", brokerUrl, "--cloud-keys", at("cloud.json"), "--camera", "none", "--reader", "none"];
  await using clock = startKiosk(state, ...flags, "--tenant", "acme", "--site", "north");
  onTestFailed(
    () => void process.stderr.write(`${clock.lines.map(({ msg }) => msg).join("\n")}\n${receiver.stderr()}\n`),
  );
  await clock.line(({ event, epoch }) => event === "receipt" && epoch === 2, 60_000);

  await using sink = openSqliteSink(at("store.sqlite"));
  const stored = await (await openPayroll(sink)).punches();
  expect(stored.toSorted()).toEqual(made.toSorted());
  expect(await sink.read.counts()).toMatchObject({ forks: 0, quarantined: 0 });
  // On the wire, too, nothing of it went twice.
  const sent = wire.events("up/rec").filter(({ type }) => type === "dev.lintel.punch.v1");
  expect(sent).toHaveLength(40);
  expect((await sink.read.streams()).map((one) => [one.source, one.epoch])).toEqual([
    [source, 1],
    [source, 2],
  ]);
  expect(await clock.end()).toEqual({ code: 0, signal: null });
  const isGone = (): boolean => wire.statuses.at(-1)?.state === "leaving";
  for (let tries = 0; tries < 100 && !isGone(); tries += 1) await delay(50);
  expect(wire.statuses.at(-1)).toMatchObject({ state: "leaving", ep: 2, backlog: 0 });
  await receiver.end("SIGTERM");
});
