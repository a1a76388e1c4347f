import type { ComponentChildren } from "preact";
import { useEffect, useErrorBoundary, useLayoutEffect, useState } from "preact/hooks";
import { Banner } from "../elements/banner.tsx";
import { words } from "../messages/words.ts";
import type { LineId, RoomId, RoomState, Step, TransferId } from "../records.ts";
import { BoardingScreen } from "./boarding.tsx";
import { DockingBell } from "./docking-bell.tsx";
import { EmergencyScreen } from "./emergency.tsx";
import { HospitalsScreen } from "./hospitals.tsx";
import { CallCorner, Page } from "./page.tsx";
import { late } from "./late.tsx";
import { isReceiver, usePhone } from "./shown.tsx";
import { SignInScreen } from "./sign-in.tsx";
import { TodayScreen } from "./today.tsx";
import { TransferScreen } from "./transfer.tsx";
import { UnsentScreen } from "./unsent.tsx";
import { VerifyListScreen } from "./verify-list.tsx";

const later = () => import("./later-screens.ts");
const AnswerScreen = late(async () => (await later()).AnswerScreen);
const ArrivalsScreen = late(async () => (await later()).ArrivalsScreen);
const ConflictsScreen = late(async () => (await later()).ConflictsScreen);
const CountScreen = late(async () => (await later()).CountScreen);
const DisinfectionScreen = late(async () => (await later()).DisinfectionScreen);
const DockScreen = late(async () => (await later()).DockScreen);
const DueScreen = late(async () => (await later()).DueScreen);
const ExtraPersonScreen = late(async () => (await later()).ExtraPersonScreen);
const FloorScreen = late(async () => (await later()).FloorScreen);
const HandoverScreen = late(async () => (await later()).HandoverScreen);
const ProblemScreen = late(async () => (await later()).ProblemScreen);
const ReceiveScreen = late(async () => (await later()).ReceiveScreen);
const ReleaseFloorScreen = late(async () => (await later()).ReleaseFloorScreen);
const RoomScreen = late(async () => (await later()).RoomScreen);
const RoomsScreen = late(async () => (await later()).RoomsScreen);
const RoundScreen = late(async () => (await later()).RoundScreen);
const RouteScreen = late(async () => (await later()).RouteScreen);
const SettingsScreen = late(async () => (await later()).SettingsScreen);
const StayScreen = late(async () => (await later()).StayScreen);
const WalkInScreen = late(async () => (await later()).WalkInScreen);
const WasteScreen = late(async () => (await later()).WasteScreen);
const VehicleScreen = late(async () => (await later()).VehicleScreen);
const VerifyPersonScreen = late(async () => (await later()).VerifyPersonScreen);

/** The screen that the address after `#` names. The page itself is always the same one, so it starts with no network. */
export function App() {
  const path = useHash();
  const shown = usePhone();
  const [fault, recover] = useErrorBoundary();
  useEffect(recover, [path]);
  useEffect(() => {
    document.querySelector("main")?.scrollTo(0, 0);
    document.querySelector("h1")?.focus({ preventScroll: true });
  }, [path]);
  if (!shown.phone.user || path === "sign-in") return <SignInScreen />;
  if (fault) return <Crashed onBack={() => { location.hash = "#/"; recover(); }} />;
  return <><DockingBell />{screenAt(path.split("/")) ?? (isReceiver(shown) ? <ArrivalsScreen /> : <TodayScreen />)}</>;
}

/** A record that this version cannot draw must not leave a dead screen: emergency and the way back stay. */
const Crashed = ({ onBack }: { onBack: () => void }) => (
  <Page title={words.product} corner={<CallCorner phone="120" label="120" />} thumb={<button type="button" class="button main" onClick={onBack}>{words.goToday}</button>}>
    <Banner look="stop">{words.faults.crashed}</Banner>
  </Page>
);

function useHash(): string {
  const [path, setPath] = useState(pathNow);
  useLayoutEffect(() => { // at once: an effect waits for the first painting, and what is tapped by then would be lost
    const follow = () => setPath(pathNow());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return path;
}

const pathNow = (): string => decodeURIComponent(location.hash.replace(/^#\/?/, ""));

function screenAt([place, id, part, of]: string[]): ComponentChildren {
  switch (place) {
    case "transfer": return screenOfTransfer(id as TransferId, part, of);
    case "room": return <RoomScreen room={id as RoomId} />;
    case "rooms": return <RoomsScreen />;
    case "floor": return <FloorScreen key={id} state={id as RoomState} />;
    case "walk-in": return <WalkInScreen room={id as RoomId} />;
    case "waste": return <WasteScreen />;
    case "count": return <CountScreen />;
    case "due": return <DueScreen />;
    case "release": return <ReleaseFloorScreen />;
    case "round": return <RoundScreen />;
    case "stay": return <StayScreen id={id!} part={part} of={of} />;
    case "unsent": return <UnsentScreen />;
    case "conflicts": return <ConflictsScreen />;
    case "hospitals": return <HospitalsScreen />;
    case "emergency": return <EmergencyScreen />;
    case "settings": return <SettingsScreen />;
    default: return null;
  }
}

function screenOfTransfer(transfer: TransferId, part: string | undefined, of: string | undefined): ComponentChildren {
  switch (part) {
    case "verify": return of ? <VerifyPersonScreen transfer={transfer} line={of as LineId} /> : <VerifyListScreen transfer={transfer} />;
    case "dock": return <DockScreen transfer={transfer} />;
    case "vehicle": return <VehicleScreen transfer={transfer} />;
    case "route": return <RouteScreen transfer={transfer} />;
    case "stop": return <BoardingScreen transfer={transfer} stop={of ?? ""} />;
    case "extra": return <ExtraPersonScreen transfer={transfer} />;
    case "handover": return <HandoverScreen transfer={transfer} />;
    case "disinfection": return <DisinfectionScreen transfer={transfer} />;
    case "problem": return <ProblemScreen transfer={transfer} step={of as Step} />;
    case "emergency": return <EmergencyScreen key={of} transfer={transfer} line={of as LineId} />;
    case "receive": return <ReceiveScreen transfer={transfer} />;
    case "answer": return <AnswerScreen transfer={transfer} />;
    default: return <TransferScreen transfer={transfer} />;
  }
}
