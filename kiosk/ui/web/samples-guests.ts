import type { View } from "../../core/view.ts";
import type { Sample } from "./sample.ts";

/** Every page of the counter for visitors, with fixed contents. Nobody here is real. */

type Page = Extract<View, { at: "guests" }>["page"];
const page = (page: Page): View => ({ at: "guests", page });
const local = "2026-11-24T10:00:00.000+01:00";

const typing = {
  ...{ is: "type", field: "name", text: "Sam Okoro" },
  ...{ hosts: [], isMore: false, canNext: true, canSkip: false },
} as const satisfies Page;
const code = { is: "code", why: "arrive", digits: "4801", canEnter: true, problem: null } as const satisfies Page;
const told = {
  ...{ is: "told", what: "welcome", host: "Ana M.", note: null, number: "4711" },
  qr: "v_7k2m9q4x1t8w3v6r5s0a.Zm9vYmFyYmF6cXV4cXV1eA",
  ...{ local: null, canAsk: false },
} as const satisfies Page;
const without = { number: "", qr: "" } as const;

export const guestsSamples: readonly Sample[] = [
  {
    id: "guests",
    title: "Visitors",
    means: "Somebody who does not work here says whether they come, have a number, or go.",
    view: page({ is: "start" }),
  },
  {
    id: "guests-name",
    title: "A visitor's name",
    means: "A name is enough; it is typed on the clock's own keyboard, which keeps nothing.",
    view: page(typing),
  },
  {
    id: "guests-host",
    title: "Whom they visit",
    means: "After three letters a few names are shown, as the site masks them; the office can always be asked.",
    view: page({
      ...typing,
      field: "host",
      text: "mor",
      hosts: [
        { id: "p_00000000000000000001", name: "Ana M." },
        { id: "p_00000000000000000002", name: "Morten H." },
        { id: "p_00000000000000000003", name: "Rosa M." },
      ],
      canNext: false,
    }),
  },
  {
    id: "guests-host-none",
    title: "Whom they visit, nothing typed",
    means: "Nobody's name is shown to somebody who does not know it.",
    view: page({ ...typing, field: "host", text: "", canNext: false }),
  },
  {
    id: "guests-contact",
    title: "How to reach them",
    means: "A phone number or an address, only if they want; one touch goes on without it.",
    view: page({ ...typing, field: "contact", text: "", canNext: false, canSkip: true }),
  },
  {
    id: "guests-check",
    title: "Is this right?",
    means: "What will be kept, how long and who can read it stands there before anything is kept or anybody is asked.",
    view: page({
      ...{ is: "check", name: "Sam Okoro", host: "Ana M.", contact: "+49 170 5550199" },
      ...{ days: 30, isInvited: false, isSent: false },
    }),
  },
  {
    id: "guests-check-invited",
    title: "Is this right? Invited",
    means: "Somebody invited them, so nobody has to be asked.",
    view: page({
      ...{ is: "check", name: "Sam Okoro", host: "", contact: "" },
      ...{ days: 30, isInvited: true, isSent: true },
    }),
  },
  {
    id: "guests-code",
    title: "The number of an invitation",
    means: "The number that a host passed on, instead of a code as a picture.",
    view: page(code),
  },
  {
    id: "guests-code-unknown",
    title: "An unknown number",
    means: "Nobody has this number: it is typed again, or the office helps.",
    view: page({ ...code, digits: "", canEnter: false, problem: "unknown" }),
  },
  {
    id: "guests-code-leave",
    title: "The number for leaving, too many tries",
    means: "Too many wrong numbers: a minute later it goes on.",
    view: page({ ...code, why: "leave", digits: "", canEnter: false, problem: "wait" }),
  },
  {
    id: "guests-busy",
    title: "A visit is written",
    means: "The visit is being written down.",
    view: page({ is: "busy" }),
  },
  {
    id: "guests-asking",
    title: "The host is asked",
    means: "The host hears that somebody is here, and has a minute to answer.",
    view: page({ is: "asking", host: "Ana M.", number: "4711" }),
  },
  {
    id: "guests-welcome",
    title: "Welcome",
    means: "They are signed in; the number or the code leads out again.",
    view: page(told),
  },
  {
    id: "guests-soon",
    title: "Please wait",
    means: "The host asks them to wait, and says how long.",
    view: page({ ...told, what: "soon", note: "minutes-15" }),
  },
  {
    id: "guests-in-unanswered",
    title: "Signed in, nobody answered",
    means: "The host did not answer in time; they are signed in all the same, because this site says so.",
    view: page({ ...told, what: "in-unanswered", host: "" }),
  },
  {
    id: "guests-unanswered",
    title: "Nobody answered",
    means: "The host did not answer in time, and this site lets nobody in without: call, or ask again.",
    view: page({ ...told, what: "unanswered", qr: "", canAsk: true }),
  },
  {
    id: "guests-declined",
    title: "Not today",
    means: "The host cannot see them; nothing of it is kept.",
    view: page({ ...told, ...without, what: "declined", note: "another-day" }),
  },
  {
    id: "guests-early",
    title: "Too early",
    means: "The invitation begins later; the host can be asked now.",
    view: page({ ...told, ...without, what: "early", local, canAsk: true }),
  },
  {
    id: "guests-expired",
    title: "An invitation that is over",
    means: "Its day is over or it was taken back; they sign in as everybody else.",
    view: page({ ...told, ...without, what: "expired", local }),
  },
  {
    id: "guests-used",
    title: "An invitation that was used",
    means: "They came with it and went again; it counts once.",
    view: page({ ...told, ...without, what: "used" }),
  },
  {
    id: "guests-leaving",
    title: "Are you leaving?",
    means: "The code of somebody who is here was shown; it names nobody.",
    view: page({ is: "leaving" }),
  },
  {
    id: "guests-goodbye",
    title: "Goodbye",
    means: "They are signed out.",
    view: page({ ...told, ...without, what: "goodbye", host: "" }),
  },
  {
    id: "guests-not-saved",
    title: "A visit was not saved",
    means: "The disk did not take it: they are not signed in, or not out.",
    view: page({ ...told, ...without, what: "not-saved" }),
  },
  {
    id: "guests-full",
    title: "Too many visitors",
    means: "This clock holds no more visitors: the office signs them in.",
    view: page({ ...told, ...without, what: "full" }),
  },
];
