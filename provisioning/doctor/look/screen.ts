import { bad, type Finding, good, unknown, weak } from "../finding.ts";
import { type Machine, namesAt, textAt } from "../machine.ts";
import { textOf } from "../tools.ts";

/** A display at the machine, the page, and a browser that shows it. */
export async function lookAtScreen(machine: Machine): Promise<readonly Finding[]> {
  return [await display(machine), ...(await page(machine)), await browser(machine)];
}

async function display(machine: Machine): Promise<Finding> {
  const folder = "/sys/class/drm";
  const ports = (await namesAt(machine, folder)).filter((name) => /^card\d+-/.test(name));
  if (ports.length === 0)
    return unknown("display", "this machine has no graphics of its own (nothing in /sys/class/drm)");
  for (const port of ports) {
    if ((await textAt(machine, `${folder}/${port}/status`)) !== "connected") continue;
    const [mode = "of no known mode"] = ((await textAt(machine, `${folder}/${port}/modes`)) ?? "").split("\n");
    return good("display", `at ${port.replace(/^card\d+-/, "")}, ${mode || "of no known mode"}`);
  }
  return bad("screen-none", `nothing at ${ports.map((port) => port.replace(/^card\d+-/, "")).join(", ")}`, "display");
}

async function page({ config: { port }, running }: Machine): Promise<readonly Finding[]> {
  if (port === 0) return [unknown("page", "the page takes any free port (--port 0)")];
  const url = `http://127.0.0.1:${port}/`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) }).catch(() => null);
  await answer?.body?.cancel();
  if (answer === null || !answer.ok) {
    const said = `${url} ${answer === null ? "does not answer" : `answers ${answer.status}`}`;
    return [
      running === null
        ? weak("screen-page-silent", `${said}; no clock runs here`, "page")
        : bad("screen-page-silent", said, "page"),
    ];
  }
  if (running === null) return [good("page", `${url} answers`)];
  if (running.pages === 0) return [weak("screen-nobody-looks", `${url} answers, and no browser has it open`, "page")];
  return [
    good("page", `${url} answers, and is open in ${running.pages === 1 ? "one browser" : `${running.pages} browsers`}`),
  ];
}

async function browser({ ask }: Machine): Promise<Finding> {
  for (const name of ["chromium", "chromium-browser"]) {
    const text = await textOf(ask(name, "--version"));
    const [, version] = /Chromium (\S+)/.exec(text ?? "") ?? [];
    if (version !== undefined) return good("browser", `Chromium ${version}`);
  }
  return unknown("browser", "there is no Chromium on this machine", "apt install chromium");
}
