/** The screens that come after the first one stands, as one part: a site's, and those a crew opens now and then. */
export { AnswerScreen } from "./answer.tsx";
export { ArrivalsScreen } from "./arrivals.tsx";
export { ConflictsScreen } from "./conflicts.tsx";
export { DisinfectionScreen } from "./disinfection.tsx";
export { DueScreen } from "./due.tsx";
export { ExtraPersonScreen } from "./extra-person.tsx";
export { HandoverScreen } from "./handover.tsx";
export { ProblemScreen } from "./problem.tsx";
export { ReceiveScreen } from "./receive.tsx";
export { RoomScreen } from "./room.tsx";
export { RoomsScreen } from "./rooms.tsx";
export { RouteScreen } from "./route.tsx";
export { SettingsScreen } from "./settings.tsx";
export { VehicleScreen } from "./vehicle.tsx";
export { VerifyPersonScreen } from "./verify-person.tsx";
