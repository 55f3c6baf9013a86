import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Journal, StoredRecord } from "../../../kiosk/core/ports/journal.ts";
import type { ErasureData } from "../../../kiosk/core/record.ts";
import { provesAbsence, templateSetRoot } from "../../../kiosk/core/template-set.ts";
import type { ErasureRooms } from "../../../kiosk/privacy/erasure.ts";
import { eventOf } from "../../../kiosk/store/make-record.ts";
import { verifyJournal } from "../../../kiosk/store/verify.ts";
import { actData } from "../../../kiosk/uplink/contract/acts.ts";
import { at, punch } from "../../contract/journal.ts";
import { copyOf, scratch } from "../../scratch.ts";
import { fill, findBytes, idOf, marked, openWall, others, templateOf, type Wall } from "./parts.ts";

const erasures = (journal: Pick<Journal, "read">): readonly StoredRecord[] =>
  journal.read({ epoch: 0, seq: -1 }, 10_000).filter(({ type }) => type === "erasure");

const dataOf = (record: StoredRecord | undefined): ErasureData => eventOf(record?.jws ?? "").data as ErasureData;

const order = (id: string, args: Record<string, unknown> = { sub: marked.id }, op = "erase.subject") => ({
  ...{ id, op, args, expiresUtcMs: 0 },
});

const handlerOf = ({ erasure }: Pick<Wall, "erasure">, op = "erase.subject") => {
  const handler = new Map(erasure.handlers).get(op);
  if (handler === undefined) throw new Error(`no handler for ${op}`);
  return handler;
};

test("forgets somebody for good, keeps their punches, and proves it so that anybody can check", async () => {
  const state = scratch();
  await using wall = await openWall(state);
  await fill(wall);
  const wage = await wall.journal.append(punch(), at(1));
  const said = await handlerOf(wall)(order("0199-order"));

  expect(wall.people.all().map(({ id }) => id)).not.toContain(marked.id);
  expect(wall.people.templates()).toHaveLength(others.length);
  expect(wall.withdrawn).toContain(marked.id);
  expect((await wall.roster.items()).map(({ id }) => id)).not.toContain(marked.id);
  expect(wall.people.all().flatMap(({ lookAlikes }) => lookAlikes)).not.toContain(marked.id);
  expect(wall.suppressed.has(marked.id)).toBe(true);
  expect(wall.journal.at(wage.stored)).toEqual(wage.stored);

  const [record, ...more] = erasures(wall.journal);
  expect(more).toEqual([]);
  const data = dataOf(record);
  expect(said.out).toBe(`${record?.epoch}/${record?.seq}`);
  expect(actData["dev.lintel.erasure.v1"].safeParse(data).success).toBe(true);
  expect(data).toMatchObject({
    ...{ cmd: "0199-order", sub: marked.id, dek: "destroyed", assure: "software", kek_rot: null, sup_v: 1 },
    counts: { template: 1, roster: 1, card: 2, name: 1 },
    tpl_root: templateSetRoot(others.map(({ id }) => id)),
    ros_root: wall.roster.standing().root,
  });
  expect(data.nonmember).toMatchObject({ left: { sub: idOf("f"), index: 1 }, right: { sub: idOf("t"), index: 2 } });
  expect(provesAbsence(marked.id, data.nonmember, data.tpl_root)).toBe(true);
});

test("the same order again changes nothing and makes no second record; another one finds nothing and proves the same", async () => {
  const state = scratch();
  await using wall = await openWall(state);
  await fill(wall);
  const first = await handlerOf(wall)(order("one"));
  expect(await handlerOf(wall)(order("one"))).toEqual(first);
  expect(erasures(wall.journal)).toHaveLength(1);
  await handlerOf(wall)(order("two"));
  const desk = await wall.erasure.erase(marked.id, null);
  const [before, again, asked] = erasures(wall.journal).map(dataOf);
  expect(again).toMatchObject({ cmd: "two", dek: "none", counts: { template: 0, roster: 0, card: 0, name: 0 } });
  expect(asked).toEqual(desk.data);
  expect(desk.data).toMatchObject({ cmd: null, sup_v: 1 });
  for (const proof of [again, asked]) {
    expect(proof?.nonmember).toEqual(before?.nonmember);
    expect(proof?.tpl_root).toBe(before?.tpl_root);
    expect(proof?.ros_root).toBe(before?.ros_root);
  }
});

test("who was forgotten does not come back, until it is lifted", async () => {
  const state = scratch();
  {
    await using wall = await openWall(state);
    await fill(wall);
    await wall.erasure.erase(marked.id, null);
    await expect(wall.people.put(marked, templateOf(marked))).rejects.toMatchObject({ code: "person-suppressed" });
  }
  await using wall = await openWall(state);
  expect(wall.suppressed.version()).toBe(1);
  await expect(wall.people.put(marked, null)).rejects.toMatchObject({ code: "person-suppressed" });
  await wall.suppressed.lift(marked.id);
  expect(wall.suppressed.version()).toBe(2);
  await wall.people.put(marked, templateOf(marked));
  expect(wall.people.all().map(({ id }) => id)).toContain(marked.id);
});

test("an older copy of the people that is put back is not matched with, and forgotten anew before anything else", async () => {
  const state = scratch();
  const older = scratch();
  {
    await using wall = await openWall(state);
    await fill(wall);
    cpSync(join(state, "people"), older, { recursive: true });
    await wall.erasure.erase(marked.id, "cmd");
  }
  cpSync(older, join(state, "people"), { recursive: true });
  await using wall = await openWall(state);
  expect(wall.people.templates().map(({ person }) => person)).not.toContain(marked.id);
  expect(wall.people.all().map(({ id }) => id)).not.toContain(marked.id);
  expect(await wall.erasure.resume()).toBe(1);
  expect(dataOf(erasures(wall.journal).at(-1))).toMatchObject({ cmd: null, dek: "destroyed", counts: { template: 1 } });
  expect(await wall.erasure.resume()).toBe(0);
});

test("an enrolment that ends after the erasure keeps nothing", async () => {
  const state = scratch();
  await using wall = await openWall(state);
  await fill(wall);
  // Both are asked for at once: whichever is first, nobody is left.
  const enrolled = wall.people.put(marked, templateOf(marked)).catch(() => undefined);
  const erased = wall.erasure.erase(marked.id, "cmd");
  const late = erased.then(() => wall.people.put(marked, templateOf(marked))).catch((error: unknown) => error);
  await Promise.all([enrolled, erased]);
  expect(await late).toMatchObject({ code: "person-suppressed" });
  expect((await wall.people.tracesOf(marked.id)).files).toBe(0);
});

test("cut before or after any step, the next start ends in a complete erasure and exactly one record of the order", async () => {
  const begun = scratch();
  {
    await using wall = await openWall(begun);
    await fill(wall);
  }
  let steps = 0;
  for (let step = 0; ; step += 1) {
    const state = copyOf(begun);
    let taken = 0;
    const cut = <A extends readonly unknown[], R>(work: (...args: A) => Promise<R>) => {
      return async (...args: A): Promise<R> => {
        if (taken++ === step) throw new Error("cut");
        const result = await work(...args);
        if (taken++ === step) throw new Error("cut");
        return result;
      };
    };
    const cutting = (rooms: ErasureRooms): ErasureRooms => ({
      ...rooms,
      withdraw: cut(rooms.withdraw),
      journal: { ...rooms.journal, append: cut(rooms.journal.append) },
      people: { ...rooms.people, remove: cut(rooms.people.remove) },
      roster: { ...rooms.roster, forget: cut(rooms.roster.forget) },
      suppressed: { ...rooms.suppressed, begin: cut(rooms.suppressed.begin), finish: cut(rooms.suppressed.finish) },
    });
    const wall = await openWall(state, cutting);
    const outcome = await wall.erasure.erase(marked.id, "order-1").then(
      () => "done",
      (error: Error) => error.message,
    );
    await wall[Symbol.asyncDispose]();
    if (outcome === "done") {
      steps = step;
      break;
    }
    expect(outcome).toBe("cut");
    const next = await openWall(state);
    // From the first durable word on they are unknown, whatever is still on the disk.
    if (next.suppressed.has(marked.id)) expect(next.people.templates()).toHaveLength(others.length);
    await next.erasure.resume();
    await next.erasure.erase(marked.id, "order-1");
    const found = erasures(next.journal).map(dataOf);
    expect(found, `step ${step}`).toHaveLength(1);
    expect(found[0]).toMatchObject({
      cmd: "order-1",
      dek: "destroyed",
      counts: { template: 1, roster: 1, card: 2, name: 1 },
    });
    expect((await next.people.tracesOf(marked.id)).files).toBe(0);
    expect((await next.roster.items()).map(({ id }) => id)).not.toContain(marked.id);
    expect(next.suppressed.pending()).toEqual([]);
    await next[Symbol.asyncDispose]();
    expect(verifyJournal(state).firstBad).toBeNull();
  }
  expect(steps).toBe(14);
});

test("canary: nothing of a marked person is in any byte of the state folder, nor what their files were sealed with", async () => {
  const state = scratch();
  const wall = await openWall(state);
  await fill(wall);
  const folder = join(state, "people");
  const own = join(folder, `${marked.id}.person.sealed`);
  // Left by crashes, and by an opening of former times that could not read them.
  mkdirSync(join(folder, "set-aside"), { recursive: true });
  copyFileSync(own, join(folder, "set-aside", `${marked.id}.sealed`));
  copyFileSync(own, `${own}.0badcafe.tmp`);
  const sealed = readFileSync(own);
  const keys = readFileSync(join(folder, "subjects.keys"));
  // Their slot: who it is (32 bytes), then their wrapped key (60).
  const slot = keys.indexOf(marked.id);
  const key = keys.subarray(slot + 32, slot + 92);
  const [mean] = templateOf(marked).vectors;
  const needles = [
    ...["Quintessa", "Zobrist", "61234", "deadbeef0451", "bWFya2VkLWNhcmQtaGFzaA"],
    Buffer.from(mean?.buffer ?? new ArrayBuffer(0), 0, 32),
    ...[sealed.subarray(0, 24), sealed.subarray(200, 224), key.subarray(0, 24), key.subarray(-24)],
  ];
  expect(findBytes(state, needles).length).toBeGreaterThanOrEqual(4);
  await wall.journal.append(punch(), at(1));
  await wall.erasure.erase(marked.id, "cmd");
  // While everything is open, logs of the databases and all.
  expect(findBytes(state, needles)).toEqual([]);
  for (const { jws } of wall.journal.read({ epoch: 0, seq: -1 }, 1000)) {
    const text = JSON.stringify(eventOf(jws));
    for (const needle of needles) if (typeof needle === "string") expect(text).not.toContain(needle);
  }
  await wall[Symbol.asyncDispose]();
  expect(findBytes(state, needles)).toEqual([]);
  // The pseudonym stays where wages are, and on the list of those who must not come back.
  const named = findBytes(state, [marked.id]).map((file) => file.slice(state.length + 1));
  expect(named).toContain("suppressed.json");
  expect(named.filter((file) => file.startsWith("people"))).toEqual([]);
});

test("orders that name nobody, no visitor, or only a part are refused and change nothing", async () => {
  await using wall = await openWall(scratch());
  await fill(wall);
  const refused = { code: "order-refused" };
  await expect(handlerOf(wall)(order("a", {}))).rejects.toMatchObject(refused);
  await expect(handlerOf(wall)(order("b", { sub: "Quintessa" }))).rejects.toMatchObject(refused);
  await expect(handlerOf(wall)(order("c", { sub: marked.id, classes: ["template"] }))).rejects.toMatchObject(refused);
  await expect(handlerOf(wall)(order("d", { sub: marked.id, classes: "all" }))).rejects.toMatchObject(refused);
  await expect(handlerOf(wall, "erase.visitor")(order("e"))).rejects.toMatchObject(refused);
  expect(wall.people.templates()).toHaveLength(others.length + 1);
  expect(erasures(wall.journal)).toEqual([]);
  const whole = ["template", "frame", "roster", "card", "name"];
  await handlerOf(wall)(
    order("f", { sub: marked.id, classes: whole, basis: "art17", deadline: "2027-01-01T00:00:00.000Z" }),
  );
  const visitor = `v_${"q".repeat(20)}`;
  await handlerOf(wall, "erase.visitor")(order("g", { sub: visitor }, "erase.visitor"));
  expect(erasures(wall.journal).map((record) => dataOf(record).cmd)).toEqual(["f", "g"]);
});

test("a damaged list of those who must not come back is made again of what the journal tells", async () => {
  const state = scratch();
  {
    await using wall = await openWall(state);
    await fill(wall);
    await wall.erasure.erase(marked.id, "cmd");
  }
  const file = join(state, "suppressed.json");
  writeFileSync(file, readFileSync(file, "utf8").replace("m", "n"));
  await using wall = await openWall(state);
  expect(wall.suppressed.notice).toMatchObject({ code: "suppression-damaged" });
  expect(wall.suppressed.has(marked.id)).toBe(true);
  expect(wall.suppressed.version()).toBeGreaterThan(1);
  await expect(wall.people.put(marked, null)).rejects.toMatchObject({ code: "person-suppressed" });
});

test("a disk that is full when the proof is written: they are unknown already, and the proof comes when the order does again", async () => {
  const state = scratch();
  {
    let isFull = true;
    await using wall = await openWall(state, (rooms) => ({
      ...rooms,
      journal: {
        ...rooms.journal,
        append: async (...args) => {
          if (isFull) throw Object.assign(new Error("full"), { code: "disk-full" });
          return rooms.journal.append(...args);
        },
      },
    }));
    await fill(wall);
    await expect(wall.erasure.erase(marked.id, "cmd")).rejects.toMatchObject({ code: "disk-full" });
    expect(wall.people.all().map(({ id }) => id)).not.toContain(marked.id);
    isFull = false;
    // The order comes again before anything else happens.
    await wall.erasure.erase(marked.id, "cmd");
    expect(erasures(wall.journal).map(dataOf)).toMatchObject([{ cmd: "cmd", counts: { template: 1, name: 1 } }]);
  }
});
