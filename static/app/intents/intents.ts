import type { Arguments, OperationType, Target } from "../operations.ts";
import type { LineId, OperationId, RoomId, SiteId, StayId, TransferId } from "../records.ts";

/** Records one operation and resolves with its id when it is on disk. */
export type Recorder = <Type extends OperationType>(
  type: Type, target: Target<Type>, args: Arguments[Type], after?: OperationId[], blobs?: string[],
) => Promise<OperationId>;

export type Intents = ReturnType<typeof intents>;

/** What a person can do on this phone, one function for each operation. Each writes the outbox and nothing else. */
export const intents = (record: Recorder) => ({
  verifyPerson: (transfer: TransferId, args: Arguments["verify_person"]) => record("verify_person", transfer, args),
  recordDockCall: (transfer: TransferId, args: Arguments["record_dock_call"]) => record("record_dock_call", transfer, args),
  checkVehicle: (transfer: TransferId, args: Arguments["check_vehicle"]) => record("check_vehicle", transfer, args),
  planRoute: (transfer: TransferId, args: Arguments["plan_route"]) => record("plan_route", transfer, args),
  recordMoment: (transfer: TransferId, args: Arguments["record_moment"]) => record("record_moment", transfer, args),
  boardPerson: (transfer: TransferId, args: Arguments["board_person"]) => record("board_person", transfer, args),
  recordOutcome: (transfer: TransferId, args: Arguments["record_outcome"]) => record("record_outcome", transfer, args),
  addExtraPerson: (transfer: TransferId, args: Arguments["add_extra_person"]) => record("add_extra_person", transfer, args),
  handToCare: (transfer: TransferId, args: Arguments["hand_to_care"]) => record("hand_to_care", transfer, args),
  receivePerson: (transfer: TransferId, args: Arguments["receive_person"]) => record("receive_person", transfer, args),
  signHandover: (transfer: TransferId, args: Arguments["sign_handover"], pictures: string[] = []) => record("sign_handover", transfer, args, [], pictures),
  disinfectVehicle: (transfer: TransferId, args: Arguments["disinfect_vehicle"]) => record("disinfect_vehicle", transfer, args),
  reportProblem: (transfer: TransferId, args: Arguments["report_problem"], pictures: string[] = []) => record("report_problem", transfer, args, [], pictures),
  reportEmergency: (transfer: TransferId, args: Arguments["report_emergency"]) => record("report_emergency", transfer, args),
  answerDocking: (transfer: TransferId, args: Arguments["answer_docking"]) => record("answer_docking", transfer, args),
  setRoomState: (room: RoomId, args: Pick<RoomWord, "state"> & Partial<RoomWord>) => record("set_room_state", room, { ...NOTHING_BESIDES, ...args }),
  admitWalkIn: (room: RoomId, args: Arguments["admit_walk_in"]) => record("admit_walk_in", room, args),
  recordWaste: (site: SiteId, args: Arguments["record_waste"]) => record("record_waste", site, args),
  countRooms: (site: SiteId, args: Arguments["count_rooms"]) => record("count_rooms", site, args),
  releaseStay: (stay: StayId, args: Arguments["release_stay"]) => record("release_stay", stay, args),
  recordTestResult: (stay: StayId, args: Arguments["record_test_result"]) => record("record_test_result", stay, args),
  recordHealth: (stay: StayId, args: Arguments["record_health"]) => record("record_health", stay, args),
  withdraw: (target: TransferId | RoomId | StayId | SiteId, operation: OperationId) => record("withdraw", target, { operation }, [operation]),
  acknowledgeRefusal: (operation: OperationId) => record("acknowledge_refusal", operation, { operation }),
});

type RoomWord = Arguments["set_room_state"];
const NOTHING_BESIDES = {
  reason: null, note: null, agent: null, strength_mg_l: null, contact_minutes: null, aired_minutes: null, provisioned: null,
} satisfies Omit<RoomWord, "state">;

/** A line that is not in a record yet: someone aboard who stood on no list goes by the id of the operation that added them. */
export const lineOfExtra = (operation: OperationId): LineId => operation as string as LineId;
