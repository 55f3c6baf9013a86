import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { ProfileName } from "../../kiosk/uplink/contract/profiles.ts";
import { freePort } from "../contract/broker-parts.ts";
import { identity } from "../unit/uplink/parts.ts";
import { openPki, type Pki } from "./pki.ts";
import { type BrokerProcess, openBrokerProcess, type Program } from "./process.ts";

/**
 * The brokers of docs/brokers with the very files that stand there: only paths and ports are changed. All of them speak
 * mutual TLS. Nothing of a broker that the machine may run itself is touched.
 */
export interface RealBroker extends BrokerProcess {
  readonly profile: ProfileName;
  readonly port: number;
  /** Where receivers connect. */
  readonly receiverPort: number;
  /** Has the certificates `device`, `stranger` (of another device), `expired` and `payroll`, and the authority `broker-ca`. */
  readonly pki: Pki;
  /** What the broker wrote about itself. */
  readonly said: () => string;
}

export const realBrokers = [
  ["mosquitto", openMosquitto],
  ["RabbitMQ", openRabbit],
  ["NATS", openNats],
] as const satisfies readonly (readonly [string, () => Promise<RealBroker>])[];

/** The device id in the certificate `stranger`. */
export const stranger = "k0000000000000000000b";

const shipped = (name: string): string => readFileSync(join(import.meta.dirname, "../../docs/brokers", name), "utf8");

/** Every one of these must be in the text, so that a file that was rewritten does not escape the test. */
function changed(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`the file that we ship has no ${from}`);
    return result.replaceAll(from, to);
  }, text);
}

interface House {
  readonly folder: string;
  readonly stack: AsyncDisposableStack;
  readonly pki: Pki;
  readonly program: (
    program: Omit<Program, "log" | "logFile">,
    rest: Pick<RealBroker, "profile" | "receiverPort">,
  ) => Promise<RealBroker>;
}

/** @param authorities whoever signs clocks, whoever signs receivers. */
async function openHouse(authorities: { readonly clocks: string; readonly receivers: string }): Promise<House> {
  const stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "lintel-broker-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  const pki = openPki(folder);
  for (const name of new Set(["broker-ca", authorities.clocks, authorities.receivers])) pki.authority(name);
  pki.issue("broker-ca", "broker", "localhost");
  pki.issue(authorities.clocks, "device", identity.device);
  pki.issue(authorities.clocks, "stranger", stranger);
  pki.issue(authorities.clocks, "expired", identity.device, -1);
  pki.issue(authorities.receivers, "payroll", "payroll");
  const logFile = join(folder, "said");
  const log = openSync(logFile, "a");
  stack.defer(() => closeSync(log));
  return {
    folder,
    stack,
    pki,
    program: async (program, rest) => {
      const broker = stack.use(await openBrokerProcess({ ...program, log, logFile }));
      return {
        ...broker,
        ...rest,
        port: program.port,
        pki,
        said: () => readFileSync(logFile, "utf8"),
        [Symbol.asyncDispose]: () => stack.disposeAsync(),
      };
    },
  };
}

async function openMosquitto(): Promise<RealBroker> {
  const { folder, pki, program } = await openHouse({ clocks: "devices-ca", receivers: "receivers-ca" });
  const [port, receiverPort] = [await freePort(), await freePort()];
  const config = changed(shipped("mosquitto/mosquitto.conf"), {
    "listener 8883 0.0.0.0": `listener ${port} 127.0.0.1`,
    "listener 8884 0.0.0.0": `listener ${receiverPort} 127.0.0.1`,
    "/etc/mosquitto/lintel": folder,
  });
  // Started by root it would become another user, who cannot read this folder.
  writeFileSync(pki.file("mosquitto.conf"), `${config}user ${userInfo().username}\n`);
  for (const name of ["acl", "acl-receivers"]) writeFileSync(pki.file(name), shipped(`mosquitto/${name}`));
  return program(
    { path: "/usr/sbin/mosquitto", args: ["-c", pki.file("mosquitto.conf")], port, package: "mosquitto" },
    { profile: "generic5", receiverPort },
  );
}

async function openRabbit(): Promise<RealBroker> {
  const { folder, stack, pki, program } = await openHouse({ clocks: "clients-ca", receivers: "clients-ca" });
  const [port, epmdPort, distPort] = [await freePort(), await freePort(), await freePort()];
  const config = changed(shipped("rabbitmq/rabbitmq.conf"), {
    "mqtt.listeners.ssl.default = 8883": `mqtt.listeners.ssl.1 = 127.0.0.1:${port}`,
    "/etc/rabbitmq/lintel": folder,
  });
  writeFileSync(pki.file("rabbitmq.conf"), config);
  for (const name of ["definitions.json", "enabled_plugins"])
    writeFileSync(pki.file(name), shipped(`rabbitmq/${name}`));
  for (const name of ["mnesia", "log", "generated"]) mkdirSync(pki.file(name));
  const log = openSync(pki.file("epmd-said"), "a");
  stack.defer(() => closeSync(log));
  // Erlang's phone book: of its own, because the one that a node starts by itself would outlive us.
  stack.use(
    await openBrokerProcess({
      path: "/usr/bin/epmd",
      args: ["-port", `${epmdPort}`, "-address", "127.0.0.1"],
      port: epmdPort,
      package: "rabbitmq-server",
      logFile: pki.file("epmd-said"),
      log,
    }),
  );
  const env = {
    HOME: folder,
    ERL_EPMD_PORT: `${epmdPort}`,
    RABBITMQ_DIST_PORT: `${distPort}`,
    RABBITMQ_NODENAME: "lintel@localhost",
    RABBITMQ_CONF_ENV_FILE: pki.file("none"),
    RABBITMQ_CONFIG_FILE: pki.file("rabbitmq.conf"),
    RABBITMQ_ENABLED_PLUGINS_FILE: pki.file("enabled_plugins"),
    RABBITMQ_MNESIA_BASE: pki.file("mnesia"),
    RABBITMQ_LOG_BASE: pki.file("log"),
    RABBITMQ_GENERATED_CONFIG_DIR: pki.file("generated"),
    RABBITMQ_PID_FILE: pki.file("pid"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2",
  };
  // Not the one on the PATH: that becomes the user rabbitmq.
  const path = "/usr/lib/rabbitmq/bin/rabbitmq-server";
  return program(
    { path, args: [], env, port, package: "rabbitmq-server" },
    { profile: "rabbitmq", receiverPort: port },
  );
}

async function openNats(): Promise<RealBroker> {
  const { folder, pki, program } = await openHouse({ clocks: "clients-ca", receivers: "clients-ca" });
  const port = await freePort();
  const config = changed(shipped("nats/nats.conf"), {
    'listen: "0.0.0.0:4222"': `listen: "127.0.0.1:${await freePort()}"`,
    'listen: "0.0.0.0:8883"': `listen: "127.0.0.1:${port}"`,
    "/etc/nats/lintel": folder,
    "/var/lib/nats": pki.file("store"),
  });
  writeFileSync(pki.file("nats.conf"), config);
  return program(
    { path: "/usr/sbin/nats-server", args: ["-c", pki.file("nats.conf")], port, package: "nats-server" },
    { profile: "nats", receiverPort: port },
  );
}
