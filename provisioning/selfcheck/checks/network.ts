import { lookup } from "node:dns/promises";
import { broken, type Check, holds, notRunning, unchecked } from "../check.ts";
import { isLoopback, isNowhere, socketsOf } from "../sockets.ts";

export const listening: Check = {
  ids: ["S11"],
  how: "the sockets on which the clock's process listens",
  look: async ({ pid }) => {
    if (pid === null) return notRunning;
    const sockets = await socketsOf(pid);
    if (sockets === null) return unchecked("only the clock's own user and root may see its sockets");
    const open = sockets.filter(({ isListening, local }) => isListening && !isLoopback(local));
    return open.length === 0 ? holds("nothing listens beyond this machine") : broken(`it listens on ${open[0]?.local}`);
  },
};

export const destinations: Check = {
  ids: ["EC-8", "P17", "OH-20", "IC-4", "IC-30", "SC-18"],
  how: "where the connections of the clock's process lead at this moment, held against the configured broker",
  look: async ({ pid, config: { broker } }) => {
    if (pid === null) return notRunning;
    const sockets = await socketsOf(pid);
    if (sockets === null) return unchecked("only the clock's own user and root may see its sockets");
    const allowed = await addressesOf(broker);
    if (allowed === null) return unchecked("the broker's name cannot be resolved now");
    const strange = sockets.filter(
      ({ remote }) => !isLoopback(remote) && !isNowhere(remote) && !allowed.has(remote.replace(/^::ffff:/, "")),
    );
    return strange.length === 0
      ? holds("all of them lead to the broker or stay on this machine")
      : broken(`one leads to ${strange[0]?.remote} port ${strange[0]?.remotePort}`);
  },
};

async function addressesOf(broker: string): Promise<ReadonlySet<string> | null> {
  if (broker === "embedded") return new Set();
  const { hostname } = new URL(broker);
  const found = await lookup(hostname.replace(/^\[|\]$/g, ""), { all: true }).catch(() => null);
  return found === null ? null : new Set(found.map(({ address }) => address));
}
