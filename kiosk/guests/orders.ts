import { Fault } from "../core/fault.ts";
import type { GuestsAnswer, Reply } from "../core/guests/types.ts";
import type { OrderHandlers } from "../core/orders.ts";
import { personId } from "../core/person.ts";
import type { Clock } from "../core/ports/senses.ts";
import { nowhere, type Visits } from "../store/visits.ts";
import { argsOf, readArgs } from "../uplink/orders/args.ts";

/** What the cloud says about visitors: what their host answered, and who is expected. Never who it is. */

export interface GuestOrdersOptions {
  readonly visits: Visits;
  readonly told: (answer: GuestsAnswer) => void;
  readonly tellInvites: () => void;
  readonly oneByOne: <T>(work: () => Promise<T>) => Promise<T>;
  readonly isOn: boolean;
  readonly clock: Pick<Clock, "now">;
}

const invitesMost = 500;
const windowMostMs = 31 * 24 * 3_600_000;

/** Each may come twice: then it is done once. */
export function guestOrders(options: GuestOrdersOptions): OrderHandlers {
  const { visits, told, tellInvites, oneByOne, isOn, clock } = options;
  const mustBeOn = (): void => {
    if (!isOn) throw refused("this clock does not receive visitors", "Switch visitors on in its settings.");
  };
  return new Map([
    [
      "visitor.answer",
      (order) =>
        oneByOne(async () => {
          mustBeOn();
          const { v: text, answer, note } = readArgs(argsOf["visitor.answer"], order);
          const v = personId(text);
          const visit = visits.of(v);
          if (visit === null || visit.stage === "expected")
            throw refused("nobody of that id asked here", "It may be over.");
          if (visit.stage === "here") return { detail: "they are signed in already" };
          if (visit.stage === "over") return { detail: "that visit is over" };
          const reply: Reply = { answer, note: note ?? null };
          await visits.change(v, { reply: { ...reply } });
          told({ of: "guests", is: "replied", v, reply });
          return {};
        }),
    ],
    [
      "visitor.expect",
      (order) =>
        oneByOne(async () => {
          mustBeOn();
          const { v: text, host, from, until, code } = readArgs(argsOf["visitor.expect"], order);
          const v = personId(text);
          const [fromUtcMs, untilUtcMs] = [Date.parse(from), Date.parse(until)];
          if (!(fromUtcMs < untilUtcMs && untilUtcMs - fromUtcMs <= windowMostMs)) {
            throw refused(
              "visitor.expect: the window ends before it begins, or lasts more than 31 days",
              "Send another window.",
            );
          }
          const others = visits.all().filter((visit) => visit.v !== v);
          if (code !== undefined && others.some(({ window, stage }) => stage !== "over" && window?.code === code)) {
            throw refused("visitor.expect: another invitation has that code", "Send another code.");
          }
          const before = visits.of(v);
          if (before !== null && before.stage !== "expected") return { detail: "they have come already" };
          if (others.filter(({ stage }) => stage === "expected").length >= invitesMost) {
            throw refused(
              `visitor.expect: ${invitesMost} visitors are expected already`,
              "Send it when some have come.",
            );
          }
          const nowUtcMs = clock.now().utcMs;
          await visits.make(
            {
              ...{ v, host: host === null ? null : personId(host), stage: "expected", isInvited: true },
              ...{ number: "", token: "", madeUtcMs: nowUtcMs, inUtcMs: null, outUtcMs: null, end: null },
              ...{ dueUtcMs: untilUtcMs, expUtcMs: untilUtcMs, reply: null, after: nowhere },
              window: { fromUtcMs, untilUtcMs, code: code ?? null },
            },
            null,
          );
          tellInvites();
          return {};
        }),
    ],
  ]);
}

const refused = (message: string, remedy: string): Fault => new Fault("order-refused", message, remedy);
