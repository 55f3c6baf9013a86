import { test } from "vitest";
import { keepsEveryPunch } from "./queue-scene.ts";

test(
  "three nodes of RabbitMQ, each killed and returned in turn under a fleet's punches: two receivers on one queue keep every punch once",
  {
    timeout: 600_000,
  },
  () =>
    keepsEveryPunch(3, async ({ cluster, receivers, receipted, everybody, told }) => {
      for (const [at, node] of cluster.nodes.entries()) {
        told(`killing node ${at + 1}`);
        await node.kill();
        await receipted(100, `without node ${at + 1}`);
        // The two that are left take in whoever was at the third.
        await everybody(`without node ${at + 1}`);
        told("everybody is online");
        await node.start();
        told(`node ${at + 1} is back`);
        await receipted(50, `with node ${at + 1} again`);
      }
      return receivers;
    }),
);
