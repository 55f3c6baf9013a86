import type { Memory } from "../memory.ts";
import { maskedName, type PersonId } from "../person.ts";
import type { Policy } from "../policy.ts";
import { localText } from "../time.ts";
import { visitOf } from "./book.ts";
import { badgeText, numberDigits } from "./invited.ts";
import { hostsShown } from "./touched.ts";
import type { GuestsState } from "./types.ts";
import { isName } from "./typing.ts";
import type { GuestsPage, GuestsView } from "./view.ts";

/** What of it stands on the wall. */
export const guestsView = (memory: Memory, state: GuestsState, policy: Policy): GuestsView => ({
  at: "guests",
  page: pageOf(memory, state, policy),
});

function pageOf(memory: Memory, { now, form }: GuestsState, policy: Policy): GuestsPage {
  const nameOf = (host: PersonId | null): string =>
    host === null ? "" : maskedName(memory.people.get(host)?.displayName ?? "", policy.nameMasking);
  const local = (utcMs: number): string => localText(utcMs, policy.timeZone);
  switch (now.step) {
    case "start":
      return { is: "start" };
    case "type": {
      const { field, text } = now;
      const found = field === "host" ? hostsShown(memory, text, policy) : { hosts: [], isMore: false };
      const canNext = field === "name" ? isName(text) : field === "contact" && text.trim() !== "";
      const hosts = found.hosts.map(({ id, name }) => ({ id, name }));
      return { is: "type", field, text, hosts, isMore: found.isMore, canNext, canSkip: field === "contact" };
    }
    case "check":
      return {
        ...{ is: "check", name: form.name, contact: form.contact },
        host: nameOf(form.host?.id ?? null),
        days: policy.visitors?.days ?? 0,
        isInvited: form.invite !== null && !form.mustAsk,
        isSent: policy.visitors?.isSent ?? false,
      };
    case "code":
      return {
        ...{ is: "code", why: now.why, digits: now.digits, problem: now.problem },
        canEnter: now.digits.length >= numberDigits,
      };
    case "busy":
      return { is: "busy" };
    case "asking": {
      const visit = visitOf(memory, now.v);
      return { is: "asking", host: nameOf(visit?.host ?? null), number: visit?.number ?? "" };
    }
    case "leaving":
      return { is: "leaving" };
    case "told": {
      const visit = now.v === null ? null : visitOf(memory, now.v);
      return {
        ...{ is: "told", what: now.what, host: nameOf(now.host), note: now.note, canAsk: now.canAsk },
        number: visit?.number ?? "",
        qr: visit?.stage === "here" ? badgeText(visit) : "",
        local: now.utcMs === null ? null : local(now.utcMs),
      };
    }
  }
}
