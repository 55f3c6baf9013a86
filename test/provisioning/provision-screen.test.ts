import { expect, test } from "vitest";
import type { StepName } from "../../provisioning/provision/news.ts";
import { plainTalk } from "../../provisioning/provision/plain.ts";
import { openSetupScreen, withScreen } from "../../provisioning/provision/screen/server.ts";
import { complaintsOf, openBrowser } from "../e2e/browser.ts";

const six = ["wheel", "column", "pool", "minimum", "tennis", "pond"];

test("the screen shows each step, is asked for the words and answers by touch, and leaves its port to the clock", async () => {
  await using screen = await openSetupScreen({ port: 0 });
  const lines: string[] = [];
  const talk = withScreen(
    plainTalk((line) => lines.push(line)),
    screen,
  );
  const done = (step: StepName): void => {
    talk.step({ step, is: "begun" });
    talk.step({ step, is: "done", sentence: "well" });
  };
  await using browser = await openBrowser("reduce");
  const page = await browser.context.newPage();
  await page.setViewportSize({ width: 1280, height: 800 });
  const complaints = complaintsOf(page, screen.url);
  done("machine");
  talk.step({ step: "ticket", is: "begun" });
  await page.goto(screen.url);
  await page.getByText("Hold the ticket's code in front of the camera.").waitFor();
  expect(await page.locator("#steps li").count()).toBe(16);
  expect(await page.locator("#steps li[data-is=done]").allTextContents()).toEqual(["This machine"]);
  for (const step of ["ticket", "time", "keys", "certificate"] as const) done(step);
  talk.step({ step: "words", is: "begun" });
  talk.words(six);
  const answered = talk.ask({ about: "words", sentence: "The same?", words: six }, new AbortController().signal);
  await page.getByText(six.join(" ")).waitFor();
  // Another page of this machine's browser may not answer.
  const forged = await fetch(new URL("/answer", screen.url), { method: "POST", body: "same" });
  const rebound = await fetch(new URL("/state", screen.url), { headers: { "sec-fetch-site": "cross-site" } });
  expect([forged.status, rebound.status]).toEqual([403, 403]);
  await page.getByRole("button", { name: "They are the same" }).click();
  expect(await answered).toBe("same");
  done("words");
  for (const id of ["words", "remedy", "again"]) await page.locator(`#${id}`).waitFor({ state: "hidden" });
  const remedy = "Plug one in (--camera usb), or say `lintel doctor`.";
  talk.step({ step: "camera", is: "failed", sentence: "there is no camera", remedy, code: "camera-missing" });
  await page.getByText("There is no camera.", { exact: true }).waitFor();
  expect(await page.locator("#remedy").textContent()).toBe(
    "Plug one in (\u2011\u2011camera usb), or say lintel doctor.",
  );
  expect(await page.locator("#remedy code").allTextContents()).toEqual(["lintel doctor"]);
  // Nobody has a keyboard there.
  await page.getByText("it is tried again by itself").waitFor();
  expect(await page.locator("#code").textContent()).toBe("camera-missing");
  expect(complaints).toEqual([]);
  talk.step({ step: "services", is: "begun" });
  await expect
    .poll(() =>
      fetch(screen.url).then(
        () => "there",
        () => "gone",
      ),
    )
    .toBe("gone");
  // What stood there stays until somebody else has the port.
  expect(await page.locator("#steps li").count()).toBe(16);
  expect(lines.some((line) => line.includes("FAILED camera"))).toBe(true);
});
