import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../contract/broker-parts.ts";
import { openPki, type Pki } from "./pki.ts";
import { type BrokerProcess, openBrokerProcess } from "./process.ts";

/**
 * One or three nodes of RabbitMQ with the files of docs/brokers/rabbitmq, on the loopback, with a phone book, a cookie and a
 * folder of their own: nothing of a broker that the machine may run itself is touched.
 */
export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly BrokerProcess[];
  /** Has the certificates `fleet`, whose user may speak for every clock, and `payroll`, and the authority `broker-ca`. */
  readonly pki: Pki;
  /** Every node, divided by commas. */
  readonly amqpUrls: string;
  /** One address for the clocks. */
  readonly mqttUrl: string;
  readonly queue: (name: string) => Promise<Queue | undefined>;
}

interface Queue {
  readonly name: string;
  readonly type: string;
  readonly members: readonly string[];
  readonly messages: number;
}

const shipped = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../docs/brokers/rabbitmq", name), "utf8");
const programs = "/usr/lib/rabbitmq/bin";
/** Three at once find each other under a lock, one after another, on whatever the machine has left. */
const startMs = 150_000;

export async function openCluster(count: 1 | 3): Promise<Cluster> {
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "lintel-cluster-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  const pki = openPki(folder);
  pki.authority("broker-ca");
  pki.authority("clients-ca");
  pki.issue("broker-ca", "broker", "localhost");
  pki.issue("clients-ca", "fleet", "fleet");
  pki.issue("clients-ca", "payroll", "payroll");
  writeFileSync(pki.file(".erlang.cookie"), randomBytes(16).toString("hex"), { mode: 0o400 });
  writeFileSync(pki.file("definitions.json"), JSON.stringify(withFleet(JSON.parse(shipped("definitions.json")))));
  writeFileSync(pki.file("enabled_plugins"), shipped("enabled_plugins"));
  for (const name of ["mnesia", "log"]) mkdirSync(pki.file(name));
  const epmdPort = await freePort();
  const shared = { HOME: folder, ERL_EPMD_PORT: `${epmdPort}`, RABBITMQ_CONF_ENV_FILE: pki.file("none") };
  const open = async (name: string, program: { path: string; args: string[]; port: number; env: typeof shared }) => {
    const logFile = pki.file(`${name}-said`);
    const log = openSync(logFile, "a");
    stack.defer(() => closeSync(log));
    return stack.use(await openBrokerProcess({ ...program, startMs, package: "rabbitmq-server", logFile, log }));
  };
  const epmd = ["-port", `${epmdPort}`, "-address", "127.0.0.1"];
  await open("epmd", { path: "/usr/bin/epmd", args: epmd, port: epmdPort, env: shared });

  const ports = await Promise.all(
    numbers.map(async () => ({ amqp: await freePort(), mqtt: await freePort(), erlang: await freePort() })),
  );
  const portsOf = (number: number) => {
    const its = ports[number - 1];
    if (its === undefined) throw new RangeError(`there is no node ${number}`);
    return its;
  };
  const startNode = (number: number): Promise<BrokerProcess> => {
    const { amqp, mqtt, erlang } = portsOf(number);
    writeFileSync(pki.file(`${number}.conf`), configOf(folder, amqp, mqtt, numbers));
    mkdirSync(pki.file(`generated-${number}`));
    const env = {
      ...shared,
      RABBITMQ_NODENAME: nodeName(number),
      RABBITMQ_DIST_PORT: `${erlang}`,
      RABBITMQ_CONFIG_FILE: pki.file(`${number}.conf`),
      RABBITMQ_ENABLED_PLUGINS_FILE: pki.file("enabled_plugins"),
      RABBITMQ_MNESIA_BASE: pki.file("mnesia"),
      RABBITMQ_LOG_BASE: pki.file("log"),
      RABBITMQ_GENERATED_CONFIG_DIR: pki.file(`generated-${number}`),
      RABBITMQ_PID_FILE: pki.file(`${number}.pid`),
      // One thread each, which sleeps when it has nothing to do: three of them share two cores with everything else.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
        "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
    };
    return open(`${number}`, { path: `${programs}/rabbitmq-server`, args: [], port: amqp, env });
  };
  // The first alone, as cluster.conf says.
  const first = await startNode(1);
  // Both are waited for, also where one fails: none may be left behind.
  const others = await Promise.allSettled(numbers.slice(1).map(startNode));
  const nodes = [
    first,
    ...others.map((start) => {
      if (start.status === "rejected") throw start.reason;
      return start.value;
    }),
  ];
  const balancer = stack.use(await openBalancer(ports.map(({ mqtt }) => mqtt)));
  const run = promisify(execFile);
  const closing = stack.move();
  return {
    nodes,
    pki,
    amqpUrls: ports.map(({ amqp }) => `amqps://localhost:${amqp}`).join(","),
    mqttUrl: `mqtts://localhost:${balancer.port}`,
    queue: async (name) => {
      const columns = ["name", "type", "members", "messages"];
      const args = ["-q", "-n", nodeName(1), "list_queues", ...columns, "--formatter", "json"];
      const { stdout } = await run(`${programs}/rabbitmqctl`, args, { env: { ...process.env, ...shared } });
      return (JSON.parse(stdout) as readonly Queue[]).find((queue) => queue.name === name);
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

const nodeName = (number: number): string => `lintel${number}@localhost`;

function configOf(folder: string, amqp: number, mqtt: number, numbers: readonly number[]): string {
  const changes = {
    "listeners.ssl.default = 5671": `listeners.ssl.1 = 127.0.0.1:${amqp}`,
    "mqtt.listeners.ssl.default = 8883": `mqtt.listeners.ssl.1 = 127.0.0.1:${mqtt}`,
    "/etc/rabbitmq/lintel": folder,
    ...Object.fromEntries([1, 2, 3].map((number) => [`rabbit@broker-${number}`, nodeName(number)])),
  };
  const text = Object.entries(changes).reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`the file that we ship has no ${from}`);
    return result.replaceAll(from, to);
  }, shipped("cluster.conf"));
  // A node by itself has nobody to look for.
  const others = new RegExp(`^cluster_formation\\.classic_config\\.nodes\\.[^${numbers.join("")}].*\n`, "gm");
  // Whoever is first asks the other two, who wait for it, ten times whether it may join them.
  return `${text.replaceAll(others, "")}cluster_formation.discovery_retry_limit = 2\n`;
}

interface Definitions {
  readonly users: readonly object[];
  readonly permissions: readonly object[];
  readonly topic_permissions: readonly object[];
}

/** A user that may be any clock of the fleet; a site gives every clock its own. */
function withFleet({ users, permissions, topic_permissions, ...rest }: Definitions): Definitions {
  const user = { name: "fleet", password_hash: "", hashing_algorithm: "rabbit_password_hashing_sha256", tags: [] };
  const queues = "mqtt-subscription-k[0-9a-z]{20}qos[01]";
  const may = { user: "fleet", vhost: "/" };
  return {
    ...rest,
    users: [...users, user],
    permissions: [
      ...permissions,
      { ...may, configure: `^${queues}$`, write: `^(amq\\.topic|${queues})$`, read: `^(amq\\.topic|${queues})$` },
    ],
    topic_permissions: [
      ...topic_permissions,
      { ...may, exchange: "amq.topic", write: "^lintel1\\.acme\\.", read: "^lintel1\\.acme\\." },
    ],
  };
}

/** What a site has in front of its nodes: an address that is always there, and whoever is up behind it. */
async function openBalancer(ports: readonly number[]): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  let turn = 0;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer(async (near) => {
    keep(near);
    for (const _ of ports) {
      turn += 1;
      const far = keep(connect(ports[turn % ports.length] ?? 0, "127.0.0.1"));
      const isUp = await once(far, "connect").then(
        () => true,
        () => false,
      );
      if (!isUp) continue;
      near.once("close", () => far.destroy());
      far.once("close", () => near.end());
      near.pipe(far);
      far.pipe(near);
      return;
    }
    near.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
