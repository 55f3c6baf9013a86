import { bad, type Finding, good, unknown, unseen, weak } from "../finding.ts";
import { type Machine, textAt } from "../machine.ts";

/** How much of its life a disk has used: eMMC says it in sysfs, SSDs to smartctl, SD cards to nobody. */
export async function lookAtWear(machine: Machine, device: string): Promise<Finding> {
  const folder = `/sys/block/${device}/device`;
  if (device.startsWith("mmcblk")) {
    if ((await textAt(machine, `${folder}/type`)) === "SD")
      return unknown("wear", `${device} is an SD card, and those do not tell how worn they are`);
    return eMmc(device, await textAt(machine, `${folder}/life_time`), await textAt(machine, `${folder}/pre_eol_info`));
  }
  if (/^(vd|xvd|loop|dm-|md|zram|ram)/.test(device))
    return unknown("wear", `${device} is no disk that one could hold, and does not tell`);
  const ran = await machine.ask("smartctl", "--json", "-H", "-A", `/dev/${device}`);
  if (ran.is === "missing")
    return unknown(
      "wear",
      "smartctl is not installed, which asks disks how worn they are",
      "apt install smartmontools",
    );
  if (ran.is === "late") return unknown("wear", `smartctl had no answer of ${device} in time`);
  return smart(device, ran.stdout);
}

/**
 * JESD84-B51: each of two estimates is in tenths, 0x01 for up to 10 %, 0x0b past its end; before the end of life the
 * reserve is told as 1 normal, 2 used by 80 %, 3 by 90 %.
 */
function eMmc(device: string, lifeTime: string | null, reserve: string | null): Finding {
  const tenths = (lifeTime ?? "")
    .split(/\s+/)
    .map(Number)
    .filter((n) => n >= 1 && n <= 11);
  const spent = Number(reserve ?? 0);
  if (tenths.length === 0) return unknown("wear", `${device} does not tell how worn it is`);
  const most = Math.max(...tenths);
  const reserved = ["", "", ", its reserve by more than 80 %", ", its reserve by more than 90 %"][spent] ?? "";
  const said =
    most === 11
      ? `${device} is past the life it was made for${reserved}`
      : `${device} has used ${(most - 1) * 10} to ${most * 10} % of its life${reserved}`;
  return judged(most === 11 || spent === 3, most >= 9 || spent === 2, said);
}

interface Smart {
  readonly smartctl?: { readonly messages?: readonly { readonly string?: string }[] };
  readonly smart_status?: { readonly passed?: boolean };
  readonly nvme_smart_health_information_log?: { readonly percentage_used?: number };
  readonly ata_smart_attributes?: { readonly table?: readonly { readonly id?: number; readonly value?: number }[] };
}

/** Wear_Leveling_Count, SSD_Life_Left, Media_Wearout_Indicator: normalised, 100 is new. */
const lifeLeft = [177, 231, 233];

function smart(device: string, text: string): Finding {
  let told: Smart = {};
  try {
    told = JSON.parse(text) as Smart;
  } catch {
    return unknown("wear", `smartctl says of ${device} what nobody understands`);
  }
  const excuse = told.smartctl?.messages?.map(({ string = "" }) => string).join("; ") ?? "";
  if (/permission denied|operation not permitted/i.test(excuse)) return unseen("wear", `/dev/${device}`);
  const attribute = told.ata_smart_attributes?.table?.find(({ id = 0 }) => lifeLeft.includes(id));
  const ofAta = attribute?.value === undefined ? undefined : Math.max(0, 100 - attribute.value);
  const used = told.nvme_smart_health_information_log?.percentage_used ?? ofAta;
  const failed = told.smart_status?.passed === false;
  if (used === undefined && told.smart_status === undefined)
    return unknown("wear", `${device} does not tell how worn it is${excuse === "" ? "" : ` (${excuse})`}`);
  const share = used === undefined ? "does not tell its wear" : `has used ${used} % of its life`;
  const said = `${device} ${share}, and ${failed ? "says that it fails" : "its own test is passed"}`;
  return judged(failed || (used ?? 0) >= 100, (used ?? 0) >= 80, said);
}

function judged(isOut: boolean, isWorn: boolean, said: string): Finding {
  if (isOut) return bad("storage-worn-out", said, "wear");
  return isWorn ? weak("storage-worn", said, "wear") : good("wear", said);
}
