import { registerHooks } from "node:module";

/** Bugs that somebody could write tomorrow, each as one changed line of a module as it is loaded. */
export interface Plant {
  readonly name: string;
  /** Which invariant has to notice. */
  readonly caughtBy: readonly string[];
  /** Below kiosk/. Null where the bug is the disk's. */
  readonly edit: { readonly file: string; readonly line: string; readonly becomes: string } | null;
  /** Worlds within which it must be found, from this seed on. */
  readonly worlds: number;
  readonly seed: number;
}

export const plants: readonly Plant[] = [
  {
    name: "a refusal that the book did not take is forgotten",
    caughtBy: ["an order is done once"],
    edit: {
      file: "uplink/downlink.ts",
      line: "await refusals.recall(signal);",
      becomes: "",
    },
    worlds: 20,
    seed: 1,
  },
  {
    name: "what a clock forgot is waited for",
    caughtBy: ["complete after healing"],
    edit: {
      file: "uplink/receiver/ending.ts",
      line: "if (event.type === forgetting) return forgottenBy(event);",
      becomes: "if (event.type === forgetting) return [];",
    },
    worlds: 5,
    seed: 1,
  },
  {
    name: "thanks before commit",
    caughtBy: ["I1 accepted is durable"],
    edit: {
      file: "run.ts",
      line: "const { stored } = await journal.append(body, draft.at);",
      becomes:
        'journal.append(bodyOf(draft, policy, options.moment()), draft.at).catch(() => {}); const stored = { id: "", epoch: 1, seq: 2, rh: "A".repeat(43) };',
    },
    worlds: 50,
    seed: 1,
  },
  {
    name: "PUBACK moves the cursor",
    caughtBy: ["I1 only receipts end the duty"],
    edit: {
      file: "uplink/pump.ts",
      line: "entry.brokeredMs = nowMs();",
      becomes: "entry.brokeredMs = nowMs(); journal.moveCursor(receiver, entry.position);",
    },
    worlds: 50,
    seed: 1,
  },
  {
    name: "seq reused after restart",
    caughtBy: ["I2 one place, one record", "I1 accepted is durable"],
    edit: {
      file: "store/journal.ts",
      line: "const verdict = await judge({ ...options, witness: readWitness(witnessDirectory), keyOf });",
      becomes: "const verdict = await judge({ ...options, witness: readWitness(witnessDirectory) && null, keyOf });",
    },
    worlds: 300,
    seed: 1,
  },
  {
    name: "prune before receipt",
    caughtBy: ["I3 nothing unreceipted is forgotten"],
    edit: {
      file: "store/pruner.ts",
      line: "receivers.length > 0 && receivers.every((receiver) => !isBefore(cursor(receiver), one));",
      becomes: "receivers.length > 0 && !isBefore(cursor(receivers[0] ?? ''), { epoch: 0, seq: -1 });",
    },
    worlds: 100,
    seed: 2,
  },
  {
    name: "ack ahead of commit",
    caughtBy: ["I4 committed before receipted"],
    edit: {
      file: "uplink/receiver/memory-sink.ts",
      line: "if (done.records.length + done.forks.length > 0) await durable(done);",
      becomes: "if (done.records.length + done.forks.length > 0) void durable(done).catch(() => {});",
    },
    worlds: 50,
    seed: 1,
  },
  {
    name: "a receipt says that it has the record after what it has",
    caughtBy: ["I4 committed before receipted"],
    edit: {
      file: "uplink/receiver/ack.ts",
      line: "have: stand.have.map(([from, to]) => [from, to])",
      becomes: "have: stand.have.map(([from, to]) => [from, to + 1])",
    },
    worlds: 100,
    seed: 1,
  },
  {
    name: "replayed command runs twice",
    caughtBy: ["an order is done once"],
    edit: {
      file: "uplink/downlink.ts",
      line: "seen: { low: book.low, has: isKnown },",
      becomes: "seen: { low: () => -1, has: () => false },",
    },
    worlds: 100,
    seed: 1,
  },
  {
    name: "publish before durable",
    caughtBy: ["I2 durable before published"],
    edit: null,
    worlds: 100,
    seed: 1,
  },
  {
    name: "duplicate stored twice",
    caughtBy: ["once each in the store"],
    edit: {
      file: "uplink/receiver/memory-sink.ts",
      line: "if (first !== undefined) return keptOf(first);",
      becomes: "",
    },
    worlds: 50,
    seed: 1,
  },
  {
    name: "rewind forgets the live lane",
    caughtBy: ["complete after healing"],
    edit: { file: "uplink/pump.ts", line: "lastOfBacklog = live.after();", becomes: "" },
    worlds: 100,
    seed: 4,
  },
  {
    name: "what a restored receiver lost again is not sent again",
    caughtBy: ["complete after healing"],
    edit: {
      file: "uplink/pump.ts",
      line: "for (const [from, to] of lost) replays.add(epoch, from, to);",
      becomes: "",
    },
    worlds: 200,
    seed: 1,
  },
  {
    name: "an epoch that only a later one speaks of is not asked for",
    caughtBy: ["complete after healing"],
    edit: {
      file: "uplink/receiver/intake.ts",
      line: "const epochs = [...(abouts[index]?.epochs ?? []), ...(endings[index] ?? []).map(({ epoch }) => epoch)];",
      becomes: "const epochs = [...(abouts[index]?.epochs ?? [])];",
    },
    worlds: 100,
    seed: 1,
  },
  {
    name: "a name in a record",
    caughtBy: ["I6 no name, no card"],
    edit: {
      file: "run.ts",
      line: "const { stored } = await journal.append(body, draft.at);",
      becomes:
        'const loc = "person" in draft ? memory.people.get(draft.person)?.displayName ?? "" : ""; const { stored } = await journal.append(bodyOf(draft, { ...policy, loc }, options.moment()), draft.at);',
    },
    worlds: 50,
    seed: 1,
  },
  {
    name: "a birth that nobody confirmed stands for ever",
    caughtBy: ["who leaves says so"],
    edit: {
      file: "uplink/session.ts",
      line: "pipe.destroy(fault);",
      becomes: "",
    },
    worlds: 100,
    seed: 5,
  },
];

/** @throws where the line to change is not there exactly once: then the plant has to be planted anew. */
export function plant({ name, edit }: Plant): void {
  if (edit === null) return;
  const url = new URL(`../../../kiosk/${edit.file}`, import.meta.url).href;
  registerHooks({
    load: (loaded, context, nextLoad) => {
      const result = nextLoad(loaded, context);
      if (loaded !== url) return result;
      const source = Buffer.from(result.source as Uint8Array).toString("utf8");
      if (source.split(edit.line).length !== 2) {
        throw new Error(`"${name}" changes a line of kiosk/${edit.file} that is not there once: ${edit.line}`);
      }
      return { ...result, source: source.replace(edit.line, () => edit.becomes) };
    },
  });
}
