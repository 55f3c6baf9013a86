import { openRoster } from "../../kiosk/store/roster.ts";
import { stepFor } from "./roster-steps.ts";

/** A child that takes one step of the roster after the other and says where it stands: `AT v root`. */
const [directory = ""] = process.argv.slice(2);
const store = await openRoster({ directory });
if (store.notice !== null) process.stdout.write(`NOTICE ${store.notice.code}\n`);
for (;;) {
  const { v, root } = store.standing();
  process.stdout.write(`AT ${v} ${root}\n`);
  await store.turn(stepFor(v), { utcMs: Date.now(), monoMs: performance.now() }, null);
}
