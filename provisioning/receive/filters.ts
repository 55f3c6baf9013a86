import { Fault } from "../../kiosk/core/fault.ts";
import { type ProfileName, profiles, receiverAddresses } from "../../kiosk/uplink/contract/profiles.ts";

/**
 * What a receiver subscribes to on a broker of this kind.
 *
 * @throws Fault `config-invalid` where receivers do not come by their records over MQTT there.
 */
export function filtersOf(profile: ProfileName, share: string | undefined): readonly string[] {
  const { sharing, codec } = profiles[profile];
  if (sharing === "event-hubs") {
    throw new Fault(
      "config-invalid",
      "IoT Hub gives records to nobody over MQTT",
      "Take them from its Event Hubs with the library (docs/receiver.md).",
    );
  }
  if (share === undefined) return codec({ tenant: "", site: "" }).receiverFilters;
  if (sharing === "$share") return receiverAddresses(profile, share);
  const way = sharing === "amqp" ? "name its AMQP port with --broker amqp://…" : "use its JetStream consumers";
  throw new Fault(
    "config-invalid",
    `A broker of the kind ${profile} divides nothing among MQTT receivers`,
    `Leave out --share, or ${way}.`,
  );
}
