import { randomBytes } from "node:crypto";
import { open, stat, unlink } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { dirname, join } from "node:path";
import { CompactEncrypt, compactDecrypt } from "jose";
import { Fault } from "../core/fault.ts";
import type { CopyDoor } from "../core/rights/view.ts";

/**
 * How a copy of somebody's data leaves a clock: always sealed to a code that only their eyes have seen, so that neither
 * the stick, nor the network, nor whoever finds the file has to be trusted (docs/decisions/0018-rights-at-the-wall.md).
 */

export interface Given {
  /** 24 letters in groups of four, 120 bits: opens the file. Kept nowhere. */
  readonly code: string;
  readonly url: string | null;
  readonly file: string | null;
  readonly untilUtcMs: number | null;
}

export interface Copies extends AsyncDisposable {
  /** What is set up here, and nothing else. */
  readonly doors: readonly CopyDoor[];
  /**
   * @param files by name; become one sealed file.
   * @throws Fault `copy-failed` where no stick is in, the folder takes nothing, or the address cannot be listened on.
   */
  readonly give: (door: CopyDoor, files: Readonly<Record<string, string>>) => Promise<Given>;
}

export interface CopiesOptions {
  /** Where a stick is mounted; null: none. */
  readonly folder: string | null;
  /** `address:port` that phones of this network reach; null: no door is ever opened to the network. */
  readonly lan: string | null;
  readonly nowUtcMs: () => number;
  /** How long a download stands open. */
  readonly openMs?: number;
  /** Whether something is mounted there: what were written to the clock's own disk would be deleted by nobody. */
  readonly isMounted?: (folder: string) => Promise<boolean>;
}

const usualOpenMs = 5 * 60_000;

export function openCopies(options: CopiesOptions): Copies {
  const { folder, lan, nowUtcMs, openMs = usualOpenMs, isMounted = isOtherDevice } = options;
  let offer: AsyncDisposable | null = null;

  const onStick = async (sealed: string): Promise<Pick<Given, "url" | "file" | "untilUtcMs">> => {
    if (folder === null) throw shut();
    if (!(await isMounted(folder))) throw failed("no stick is in", "Put in a stick and try again.");
    const file = `lintel-copy-${randomBytes(5).toString("hex")}.jwe`;
    await writeWhole(join(folder, file), sealed);
    return { url: null, file, untilUtcMs: null };
  };

  const onLan = async (sealed: string): Promise<Pick<Given, "url" | "file" | "untilUtcMs">> => {
    if (lan === null) throw shut();
    // One person stands at the wall: what was offered to the one before is gone.
    await offer?.[Symbol.asyncDispose]();
    const opened = await serveOnce(lan, sealed, openMs);
    offer = opened;
    return { url: opened.url, file: null, untilUtcMs: nowUtcMs() + openMs };
  };

  return {
    doors: [...(folder === null ? [] : (["stick"] as const)), ...(lan === null ? [] : (["lan"] as const))],
    give: async (door, files) => {
      const code = newCode();
      const sealed = await sealCopy(files, code);
      return { code, ...(await (door === "stick" ? onStick(sealed) : onLan(sealed))) };
    },
    [Symbol.asyncDispose]: async () => offer?.[Symbol.asyncDispose](),
  };
}

/** Letters that look like no other: Crockford's, in groups of four. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function newCode(): string {
  const letters = [...randomBytes(24)].map((byte) => alphabet[byte % alphabet.length]).join("");
  return letters.match(/.{4}/g)?.join("-") ?? "";
}

/** As people type it: any case, with or without hyphens, O for 0, I and L for 1. */
const plainCode = (code: string): string =>
  code.toUpperCase().replaceAll(/[-\s]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");

/**
 * A code of 120 bits cannot be guessed, so the many rounds that a password would need are not: a small board has one
 * second for this.
 */
const rounds = 20_000;

/** Compact JWE, which every library for JOSE opens: PBES2-HS512+A256KW with the code as its password, A256GCM. */
export async function sealCopy(files: Readonly<Record<string, string>>, code: string): Promise<string> {
  return await new CompactEncrypt(Buffer.from(JSON.stringify(files)))
    .setProtectedHeader({ alg: "PBES2-HS512+A256KW", enc: "A256GCM", typ: "lintel-copy+jwe", cty: "application/json" })
    .setKeyManagementParameters({ p2c: rounds })
    .encrypt(Buffer.from(plainCode(code)));
}

/** @throws Fault `copy-failed` where the code is another one's, or the file is no copy, or was changed. */
export async function openCopy(sealed: string, code: string): Promise<Readonly<Record<string, string>>> {
  try {
    const { plaintext } = await compactDecrypt(sealed.trim(), Buffer.from(plainCode(code)), {
      keyManagementAlgorithms: ["PBES2-HS512+A256KW"],
      contentEncryptionAlgorithms: ["A256GCM"],
      maxPBES2Count: rounds,
    });
    return JSON.parse(Buffer.from(plaintext).toString("utf8"));
  } catch (cause) {
    throw failed(
      "the copy does not open",
      "Type the 24 letters of this very copy; a changed file cannot be opened.",
      cause,
    );
  }
}

/** The file is whole and on the stick, or it is not there. */
async function writeWhole(path: string, text: string): Promise<void> {
  try {
    await using file = await open(path, "wx", 0o600);
    await file.writeFile(text);
    await file.sync();
  } catch (cause) {
    await unlink(path).catch(() => undefined);
    throw failed("the copy could not be written", "Use a stick with room that is not write-protected.", cause);
  }
}

async function isOtherDevice(folder: string): Promise<boolean> {
  try {
    const [inside, outside] = await Promise.all([stat(folder), stat(dirname(folder))]);
    return inside.isDirectory() && inside.dev !== outside.dev;
  } catch {
    return false;
  }
}

/** One file at one address that nobody guesses, for one download and a few minutes; then the port is shut. */
async function serveOnce(
  lan: string,
  sealed: string,
  openMs: number,
): Promise<AsyncDisposable & { readonly url: string }> {
  const [host = "", portText = ""] = splitAt(lan, lan.lastIndexOf(":"));
  const token = randomBytes(16).toString("base64url");
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    const isTheirs = request.method === "GET" && request.url === `/${token}`;
    if (!isTheirs) {
      response.writeHead(404, { "content-length": 0, connection: "close" }).end();
      return;
    }
    response.writeHead(200, {
      "content-type": "application/jose",
      "content-length": Buffer.byteLength(sealed),
      "content-disposition": 'attachment; filename="lintel-copy.jwe"',
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      connection: "close",
    });
    // Only what arrived whole was the one download: a phone that lost the network may ask again.
    response.end(sealed, () => void shutDown(server));
  });
  server.maxConnections = 4;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(Number(portText), host.replaceAll(/[[\]]/g, ""), resolve);
  }).catch((cause: unknown) => {
    throw failed(
      "the network door could not be opened",
      "Check exportLan: an address of this box and a free port.",
      cause,
    );
  });
  const timer = setTimeout(() => void shutDown(server), openMs);
  timer.unref();
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : Number(portText);
  return {
    url: `http://${host}:${port}/${token}`,
    [Symbol.asyncDispose]: async () => {
      clearTimeout(timer);
      await shutDown(server);
    },
  };
}

function shutDown(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 2_000).unref();
  return closed;
}

const splitAt = (text: string, at: number): readonly [string, string] => [text.slice(0, at), text.slice(at + 1)];

const failed = (message: string, remedy: string, cause?: unknown): Fault =>
  new Fault("copy-failed", message, remedy, cause);

const shut = (): Fault => failed("no such door is set up here", "Set exportDir or exportLan, or ask the office.");
