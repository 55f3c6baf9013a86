import { existsSync } from "node:fs";
import type { Config } from "../../kiosk/config.ts";
import { parsed, type Values } from "../../kiosk/config.ts";
import { type Context, ticketOf } from "./context.ts";

/** The clock's settings as the ticket and this machine make them. @throws Fault `config-invalid`. */
export async function settingsFrom(context: Context): Promise<{ readonly values: Values; readonly config: Config }> {
  const { places, wish } = context;
  const { ticket } = await ticketOf(context);
  const { camera, reader, assets, broker } = await context.progress();
  const url = broker ?? ticket.brokers[0] ?? "";
  // mqtt.js takes a certificate as the wish for TLS, whatever the address says.
  const papers = { brokerCa: places.roots, brokerCert: places.certificate, brokerKey: places.tlsKey };
  const receiver = ticket.keys.find(({ role, required = true }) => role === "ack" && required)?.name;
  const values = {
    ...ticket.settings,
    ...{ tenant: ticket.tenant, site: ticket.site, gate: ticket.name, ticket: ticket.jti },
    ...{ broker: url, brokerProfile: ticket.profile, ...(url.startsWith("mqtts:") && papers) },
    cloudKeys: places.cloudKeys,
    ...(receiver !== undefined && { receiver }),
    ...(existsSync(places.cardKey) && { cardKey: places.cardKey }),
    ...{ camera: camera ?? wish.camera, reader: reader ?? wish.reader },
    ...(assets !== null && { assets }),
    ...(wish.timeZone !== null && ticket.settings.timeZone === undefined && { timeZone: wish.timeZone }),
  };
  return { values, config: parsed({ ...values, state: places.state }) };
}
