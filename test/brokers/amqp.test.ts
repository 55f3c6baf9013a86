import { expect, test } from "vitest";
import { keepsEveryPunch } from "./queue-scene.ts";

test(
  "a quorum queue of RabbitMQ under a fleet's punches: of two receivers one is killed and another comes, and every punch is kept once",
  {
    timeout: 300_000,
  },
  () =>
    keepsEveryPunch(1, async ({ receivers: [one, other], receiver, receipted }) => {
      expect(await one.end("SIGKILL")).toBeNull();
      await receipted(100, "with one receiver");
      await using third = receiver();
      await third.says("Receiving as payroll");
      await receipted(100, "with another one");
      expect(await third.end("SIGTERM")).toBe(0);
      return [other];
    }),
);
