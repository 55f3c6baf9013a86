import { Fault, type FaultCode } from "../../../kiosk/core/fault.ts";
import type { Finding } from "../../doctor/finding.ts";
import { examineUplink } from "../../doctor/uplink.ts";
import type { Context } from "../context.ts";
import { ticketOf } from "../context.ts";
import { settingsFrom } from "../settings-text.ts";
import type { Step } from "../step.ts";

const patienceMs = 60_000;

/** The broker: its name, its port, its certificate, ours, and what it lets us hear, each told apart. */
export const broker: Step = {
  name: "broker",
  would: "connect to the broker with this clock's certificate",
  check: async (context) => {
    const { broker: url, proved } = await context.progress();
    return url !== null && proved.includes("broker") ? `${new URL(url).host} let us in` : null;
  },
  apply: async (context) => {
    const { ticket } = await ticketOf(context);
    const faults: Fault[] = [];
    for (const url of ticket.brokers) {
      await context.note({ broker: url });
      const fault = await examined(context);
      if (fault === null) {
        const { proved } = await context.progress();
        return context.note({ proved: [...new Set([...proved, "broker" as const])] });
      }
      faults.push(fault);
    }
    await context.note({ broker: null });
    const [first] = faults;
    if (first !== undefined) throw first;
  },
  prove: async (context) => {
    const { broker: url } = await context.progress();
    return `${new URL(url ?? "").host} lets this clock in and lets it hear what is for it`;
  },
};

/** The first thing that is wrong on the way, with what the examination says of it. */
async function examined(context: Context): Promise<Fault | null> {
  const { config } = await settingsFrom(context);
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(patienceMs)]);
  for await (const finding of examineUplink(config, signal)) if (finding.is === "wrong") return faultOf(finding);
  return null;
}

const faultOf = ({ about, sentence, remedy, code }: Finding): Fault =>
  new Fault(
    (code ?? "broker-unreachable") as FaultCode,
    `${about}: ${sentence}`,
    `${remedy ?? "Mend it."} Then run this again.`,
  );
