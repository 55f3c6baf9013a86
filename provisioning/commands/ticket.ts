import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Fault } from "../../kiosk/core/fault.ts";
import { waivers } from "../../kiosk/core/ticket.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";
import { profiles } from "../../kiosk/uplink/contract/profiles.ts";
import { type Answered, openRegistrar } from "../ticket/answer.ts";
import { openBook } from "../ticket/book.ts";
import { answerName, answerText, readRequestText } from "../ticket/by-hand.ts";
import { makeLeaf, pinOf } from "../ticket/certificates.ts";
import { codeFile, codeInTerminal } from "../ticket/code.ts";
import { makeFolder, openFolder } from "../ticket/folder.ts";
import { issueTicket } from "../ticket/issue.ts";
import { pointerText, pointerTo } from "../ticket/pointer.ts";
import { openEndpoint } from "../ticket/server.ts";
import { print } from "./print.ts";

interface InitFlags {
  readonly tenant: string;
  readonly site: string;
  readonly broker: readonly string[];
  readonly brokerCa?: string;
  readonly profile: string;
  readonly host: readonly string[];
  readonly port: number;
  readonly may: readonly (typeof waivers)[number][];
  readonly setting: Readonly<Record<string, string>>;
  readonly days: number;
}

interface NewFlags {
  readonly name: string;
  readonly hours: number;
  readonly cloudKeys: string;
  readonly releaseKeys?: string;
  readonly byHand?: boolean;
  readonly out?: string;
  readonly usb?: string;
  readonly qr?: string | true;
}

export function addTicket(program: Command): void {
  const ticket = program
    .command("ticket")
    .summary("make tickets for new clocks, and answer clocks that have one (docs/provisioning.md)")
    .description("A small authority for a laptop or a site office: one folder holds its keys and its book.");

  ticket
    .command("init")
    .summary("make an authority: its keys, its certificates, and what its tickets say")
    .argument("<folder>")
    .requiredOption("--tenant <name>", "organisation")
    .requiredOption("--site <name>", "site")
    .requiredOption("--broker <url...>", "where clocks send: mqtts://host, the best first")
    .option("--broker-ca <file>", "PEM of the authority that vouches for the broker, where it is another")
    .addOption(new Option("--profile <name>", "kind of broker").choices(Object.keys(profiles)).default("generic5"))
    .option("--host <name...>", "names and addresses by which clocks reach `ticket serve`", ["localhost", "127.0.0.1"])
    .option("--port <n>", "its port", whole, 8443)
    .addOption(new Option("--may <what...>", "what clocks of this site do without").choices(waivers).default([]))
    .option("--setting <name=value...>", "settings that tickets carry, such as siteName=Mill", pairs, {})
    .option("--days <n>", "how long a clock's certificate is good", whole, 365)
    .action(async (folder: string, flags: InitFlags) => {
      const { tenant, site, broker, profile, host, port, may, setting, days } = flags;
      const about = { tenant, site, hosts: [...host], port, brokers: [...broker], profile, may: [...may] };
      await makeFolder(folder, { ...about, settings: setting, days }, flags.brokerCa ?? null);
      print(`Made the authority of ${tenant}/${site} in ${folder}. Who can read that folder can make clocks.`);
    });

  ticket
    .command("new")
    .summary("one ticket for one clock, good once and for a day at most")
    .argument("<folder>")
    .requiredOption("--name <name>", "the clock's place, as its screen shall say: Gate 2")
    .requiredOption("--cloud-keys <file>", "whom the clock is to believe: what `lintel receive --cloud-keys` wrote")
    .option("--release-keys <file>", "who may sign its updates: public keys, as `lintel release key` wrote them")
    .option("--hours <n>", "how long it is good", Number, 8)
    .option("--by-hand", "no network reaches this authority: request and answer go by USB stick")
    .option("--out <file>", "write the ticket there")
    .option("--usb <dir>", "write the ticket and the site's card key there, as a clock looks for them")
    .option("--qr [file]", "show its code, or write it to a .png or .svg: a pointer to `ticket serve`")
    .action(async (directory: string, flags: NewFlags) => {
      const folder = await openFolder(directory);
      const read = await issueTicket(folder, {
        ...flags,
        ...{ releaseKeys: flags.releaseKeys ?? null, isOnline: flags.byHand !== true },
      });
      const { ticket: made, text } = read;
      if (flags.out !== undefined) await writeAtomically(flags.out, `${text}\n`);
      if (flags.usb !== undefined) {
        await writeAtomically(join(flags.usb, `lintel-ticket-${made.jti}.jws`), `${text}\n`);
        await writeAtomically(join(flags.usb, "lintel-card.key"), await readFile(folder.file("card.key")));
      }
      const pointer = pointerTo(read, pinOf(new X509Certificate(folder.server.certificatePem).publicKey));
      if (pointer !== null) {
        const line = pointerText(pointer);
        if (flags.qr === true) print(codeInTerminal(line));
        else if (flags.qr !== undefined) await writeAtomically(flags.qr, await codeFile(line, flags.qr));
        print(line);
      } else if (flags.out === undefined && flags.usb === undefined) print(text);
      const until = new Date(made.exp * 1_000).toISOString().slice(0, 16);
      note(`Ticket ${made.jti} for ${made.tenant}/${made.site}, "${made.name}", good once and until ${until}Z.`);
    });

  ticket
    .command("serve")
    .summary("answer clocks that have a ticket, until it is stopped")
    .argument("<folder>")
    .option("--listen <address>", "where clocks reach it", "127.0.0.1")
    .action(async (directory: string, { listen }: { readonly listen: string }) => {
      const folder = await openFolder(directory);
      const book = openBook(folder);
      const registrar = openRegistrar(folder, book);
      const enrolled = (answered: Answered): void => note(wordsLine(answered));
      const refused = ({ message, code }: Fault): void => note(`Refused: ${message} (${code})`);
      const { port } = folder.about;
      await using endpoint = await openEndpoint({ folder, registrar, book, listen, port, enrolled, refused });
      note(`Answering clocks of ${folder.about.tenant}/${folder.about.site} at ${endpoint.url}`);
      await new Promise<void>((resolve) => {
        for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
      });
    });

  ticket
    .command("answer")
    .summary("answer the request file of a clock that no network reaches")
    .argument("<folder>")
    .argument("<request>", "the file that the clock wrote")
    .option("--out <dir>", "where the answer goes", ".")
    .action(async (directory: string, request: string, { out }: { readonly out: string }) => {
      const folder = await openFolder(directory);
      const asked = readRequestText(await readFile(request, "utf8"));
      const answered = await openRegistrar(folder, openBook(folder)).enrol(asked);
      const file = join(out, answerName(answered.device));
      await writeAtomically(file, answerText(answered));
      print(file);
      note(wordsLine(answered));
    });

  ticket
    .command("list")
    .summary("which tickets were used, by which clock, with its six words")
    .argument("<folder>")
    .action(async (directory: string) => {
      for (const { jti, device, words, at, forkedAt } of await openBook(await openFolder(directory)).pages()) {
        print(`${at.slice(0, 16)}Z  ${jti}  ${device}  ${words}`);
        if (forkedAt !== null)
          print(
            `${forkedAt.slice(0, 16)}Z  ${device}: somebody gave up one of its keys a second time. Who had its disk?`,
          );
      }
    });

  ticket
    .command("certificate")
    .summary("a certificate of this authority for a demo's broker or receiver")
    .argument("<folder>")
    .argument("<name>", "host name of a server, or any name of a client")
    .option("--client", "for a client")
    .option("--out <dir>", "NAME.pem and NAME.key are written there", ".")
    .action(async (directory: string, name: string, flags: { readonly client?: boolean; readonly out: string }) => {
      const { authority, about } = await openFolder(directory);
      const hosts = flags.client ? [] : [name, "localhost", "127.0.0.1"];
      const leaf = await makeLeaf(authority, { commonName: name, hosts, days: about.days, nowMs: Date.now() });
      await writeAtomically(join(flags.out, `${name}.pem`), leaf.certificatePem);
      await writeAtomically(join(flags.out, `${name}.key`), leaf.keyPem);
    });
}

const wordsLine = ({ device, words, isAgain }: Answered): string =>
  `${device} ${isAgain ? "was answered again" : "has its certificate"}. Its screen must show: ${words.join(" ")}`;

/** What a program does not read. */
const note = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`);
};

function whole(text: string): number {
  const n = Number(text);
  if (Number.isInteger(n) && n > 0) return n;
  throw new InvalidArgumentError("A whole number above 0.");
}

function pairs(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value] = /^([A-Za-z]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("Written as name=value.");
  return { ...before, [name]: value };
}
