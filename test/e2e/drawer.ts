import type { Page } from "playwright-core";
import type { DemoAct } from "../../kiosk/core/view.ts";

/** What somebody does in the demo's drawer, posted as its page posts it. @returns the status. */
export const postDemo = (page: Page, session: string, act: DemoAct): Promise<number> =>
  page.evaluate(
    async ([body, known]) => {
      const headers = { "content-type": "application/json", "lintel-session": known };
      return (await fetch("/demo", { method: "POST", headers, body })).status;
    },
    [JSON.stringify(act), session] as const,
  );
