import { LuError } from "../../core/jws.ts";
import type { Identity } from "../../core/record.ts";
import { checkAudience } from "./audience.ts";
import { type CommandEvent, commandEvent, dualCommand } from "./command.ts";
import { unwrap } from "./envelope.ts";
import type { CloudKey } from "./keys.ts";
import { parseOuter } from "./outer.ts";
import { maxWireBytes } from "./wire.ts";

/** Who may order what: for each `op` the roles that must have signed, each with a key of its own. */
export const ops: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    status: ["cmd:ops"],
    sync: ["cmd:ops"],
    "time.check": ["cmd:ops"],
    resend: ["cmd:ops"],
    "message.show": ["cmd:ops"],
    volume: ["cmd:ops"],
    identify: ["cmd:ops"],
    "alert.raise": ["cmd:ops"],
    "alert.clear": ["cmd:ops"],
    "visitor.answer": ["cmd:ops"],
    "visitor.expect": ["cmd:ops"],
    reboot: ["cmd:ops"],
    "service.restart": ["cmd:ops"],
    "log.collect": ["cmd:ops"],
    "config.apply": ["cmd:cfg"],
    "roster.pull": ["cmd:ros"],
    lock: ["cmd:sec"],
    unlock: ["cmd:sec"],
    "key.rotate": ["cmd:sec"],
    "enroll.start": ["cmd:enr"],
    "erase.subject": ["cmd:dpo"],
    "erase.visitor": ["cmd:dpo"],
    "template.renew": ["cmd:dpo"],
    "policy.set": ["cmd:dpo"],
    "hold.set": ["cmd:dpo"],
    "hold.lift": ["cmd:dpo"],
    "fw.offer": ["cmd:fw"],
    "roster.reset": ["cmd:sec", "cmd:dpo"],
    "config.reset": ["cmd:sec", "cmd:dpo"],
    "export.templates": ["cmd:sec", "cmd:dpo"],
    decommission: ["cmd:sec", "cmd:dpo"],
    "erase.all": ["cmd:sec", "cmd:dpo"],
  }),
);

/** What a key of the cloud's side may sign, each key one of them: receipts, settings, rosters, the time, passes, orders. */
export const cloudRoles: readonly string[] = ["ack", "cfg", "ros", "tim", "pass", ...new Set([...ops.values()].flat())];

/** What still runs while nobody can say what time it is: none of it harms when it comes late. */
const timeless: readonly string[] = ["status", "sync", "time.check", "resend", "lock"];

/** What cannot be taken back. Such an order names one clock and nothing else, and does not lie about for long. */
const final: readonly string[] = ["decommission"];

const hourMs = 3_600_000;
const longestMs = 30 * 24 * hourMs;
const longestFinalMs = 24 * hourMs;

/** What a device holds a command against. */
export interface Ordered {
  readonly device: Identity;
  readonly groups: readonly string[];
  readonly keys: readonly CloudKey[];
  readonly now: { readonly utcMs: number; readonly errMs: number; readonly src: string };
  /** What was run before: the low mark of a role, below or at which everything counts as seen, and ids above it. */
  readonly seen: { readonly low: (role: string) => number; readonly has: (id: string) => boolean };
}

/**
 * Whether a command may run here and now; the cheap questions first. The caller writes down that it accepted before it
 * acts on it.
 *
 * @throws LuError 1001-1007, 3001-3005.
 */
export function acceptCommand(bytes: Uint8Array, at: Ordered): CommandEvent {
  const { event, roles } = openCommand(bytes, at.keys);
  const { op, aud, cn, nbf, exp } = event.data;
  const wanted = ops.get(op);
  if (wanted === undefined) throw new LuError(3001, "no such command");
  if (!wanted.some((role) => roles.includes(role))) throw new LuError(3001, "the key's role does not cover it");
  if (!wanted.every((role) => roles.includes(role))) throw new LuError(3005, `${op} needs ${wanted.join(" and ")}`);
  if (event.source.split(":")[2] !== at.device.tenant) throw new LuError(3002, "another tenant's command");
  checkAudience(aud, at.device, at.groups);
  if (final.includes(op) && aud.join() !== at.device.device) {
    throw new LuError(3002, `${op} has to name one clock and nothing else`);
  }
  checkTime(op, Date.parse(nbf), Date.parse(exp), at.now);
  const seen = at.seen.has(event.id) || wanted.some((role) => cn <= at.seen.low(role));
  if (seen) throw new LuError(3004, "the command was here before");
  return event;
}

function checkTime(op: string, nbfMs: number, expMs: number, { utcMs, errMs, src }: Ordered["now"]): void {
  // Written so that a date that is none fails as well.
  if (!(nbfMs <= expMs && expMs - nbfMs <= longestMs)) throw new LuError(3003, "valid for more than 30 days, or never");
  if (final.includes(op) && expMs - nbfMs > longestFinalMs) throw new LuError(3003, `${op} is valid for a day at most`);
  if (src === "none" || errMs > hourMs) {
    if (timeless.includes(op)) return;
    throw new LuError(3003, "the clock cannot tell whether it is time");
  }
  if (utcMs + errMs < nbfMs) throw new LuError(3003, "the command is too early");
  if (utcMs - errMs > expMs) throw new LuError(3003, "the command is too late");
}

function openCommand(
  bytes: Uint8Array,
  keys: readonly CloudKey[],
): { readonly event: CommandEvent; readonly roles: readonly string[] } {
  const messages = messagesIn(bytes);
  const signers = new Map<string, CloudKey>();
  const keyOf = (kid: string) => keys.find((key) => key.kid === kid)?.key;
  const opened = messages.map((message) => {
    const { event, kid, jws } = unwrap(message, "lintel-cmd+jws", keyOf);
    const signer = keys.find((key) => key.kid === kid);
    if (signer?.source !== event.source) throw new LuError(1004, "the key signs in another name");
    signers.set(kid, signer);
    const command = commandEvent.safeParse(event);
    if (!command.success) throw new LuError(1001, "no command");
    return { event: command.data, payload: jws.split(".")[1] };
  });
  const [first, ...others] = opened;
  if (first === undefined) throw new LuError(1001, "no command");
  if (others.some(({ payload }) => payload !== first.payload))
    throw new LuError(1005, "the two signed different texts");
  if (signers.size < opened.length) throw new LuError(3005, "one key signed twice");
  return { event: first.event, roles: [...signers.values()].map(({ role }) => role) };
}

function messagesIn(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes[0] !== "{".charCodeAt(0)) return [bytes];
  if (bytes.length > 2 * maxWireBytes) throw new LuError(1007, "larger than two signatures can be");
  const outer = parseOuter(bytes);
  if (outer.type !== "dev.lintel.cmd2.v1") return [bytes];
  const dual = dualCommand.safeParse(outer);
  if (!dual.success) throw new LuError(1001, "no pair of signed commands");
  return dual.data.data.jws.map((token) => Buffer.from(token));
}
