import { words } from "../messages/words.ts";
import { Icon } from "./icon.tsx";

/** Opens the phone's own map application at the place (WGS-84). */
export const WayThere = ({ place: { name, lat, lng } }: { place: { name: string; lat: number | null; lng: number | null } }) =>
  lat === null || lng === null ? null : <a class="button" href={mapAddress(name, lat, lng)}><Icon name="way" />{words.route.navigate}</a>;

/** Apple's phones do not know `geo:`. */
const mapAddress = (name: string, lat: number, lng: number): string =>
  /iPhone|iPad/.test(navigator.userAgent) ? `maps:?q=${encodeURIComponent(name)}&ll=${lat},${lng}` : `geo:${lat},${lng}?q=${lat},${lng}(${encodeURIComponent(name)})`;
