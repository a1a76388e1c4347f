import type { TurnoverRules } from "./turnover.ts";

/** The settings that rules on the phone need. */
export interface Settings { dock_fresh_minutes: number; lease_hours: number; time_zone: string; demo: boolean; turnover: TurnoverRules }

/** What holds until the settings have come: they are the last part of a first download. */
const UNTIL_TOLD: Settings = {
  dock_fresh_minutes: 120, lease_hours: 72, time_zone: "Asia/Shanghai", demo: false,
  turnover: { least: { chlorine: { contact_minutes: 30, aired_minutes: 30, strength_mg_l: 500 } }, stages: {}, checklist: [], also: [] },
};

/** The settings from their records, `{dock_fresh_minutes: {value: 120}, …}`; a value of another kind than expected is left out. */
export function settingsFrom(records: Iterable<{ id: string; value: unknown }>): Settings {
  const settings: Settings = { ...UNTIL_TOLD };
  for (const { id, value } of records) {
    if (id in settings && typeof value === typeof settings[id as keyof Settings]) Object.assign(settings, { [id]: value });
  }
  return settings;
}
