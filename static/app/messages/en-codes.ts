// The codes of the agreement in English.
import type { Codes } from "./zh-codes.ts";

export const codes: Codes = {
  steps: {
    verify: "Verify information", dock: "Dock with the site", vehicle: "Arrange vehicle", route: "Plan route", move: "Pick up and deliver",
    handover: "Handover list",
  },
  categories: {
    confirmed: "confirmed case", asymptomatic: "asymptomatic", screen_positive: "screening positive", pooled_positive: "pooled positive",
    close_contact: "close contact", secondary_contact: "secondary contact", general_contact: "general contact",
    risk_area_person: "from a risk area", accompanying: "carer",
  },
  kinds: { outbound: "transfer", return: "return", hospital: "to hospital", site_to_site: "site to site" },
  moments: {
    en_route: "Departed", at_pickup: "At pick-up", people_called: "People called", left_pickup: "Left pick-up", at_site: "At the site",
  },
  doMoment: {
    en_route: "Set off", at_pickup: "We are at pick-up", people_called: "Call people down", left_pickup: "All in, leave pick-up",
    at_site: "We are at the site",
  },
  outcomes: {
    absent: "Absent", refused: "Refuses", unfit: "Fever, unwell", emergency: "Emergency", wrong_person: "Wrong person",
    already_moved: "Moved already",
  },
  receptions: { received: "received", refused: "refused", absent: "did not come" },
  lineStates: { expected: "expected", aboard: "aboard", received: "received", elsewhere: "elsewhere", ended: "ended" },
  roomStates: {
    building_up: "Converting", awaiting_acceptance: "Unchecked", ready: "Ready", reserved: "Reserved", occupied: "Occupied",
    vacated_dirty: "To clean", disinfecting: "Cleaning", contact_time: "Soaking", aerating: "Airing", inspecting: "To inspect",
    provisioning: "Stocking", blocked: "Blocked", hold: "On hold", staff_use: "Staff",
  },
  identity: {
    id_card: "ID card", face: "Face matches", call_back: "Called back by phone", household_register: "Household register",
    birthday: "Said their birthday",
  },
  vehicleItems: {
    partition_sealed: "Cab partition sealed", vents_work: "Windows and exhaust fan work", waste_place: "Waste place, double bags",
    vomit_kit: "Vomit kit", disinfectant: "Disinfectant, in date", hand_rub: "Hand rub", masks: "Masks for passengers",
    spare_ppe: "Spare PPE sets", fuel: "Fuel for both ways", heating: "Heating", seat_belts: "Seat belts",
    fire_extinguisher: "Fire extinguisher", first_aid: "First aid, oxygen", phone_charger: "Phone and charger",
    printed_list: "Printed list and pens", pass: "Pass", disinfected: "Disinfected since the last trip",
    driver_hours: "Driver within driving hours",
  },
  dockRefusals: {
    full: "Full", not_disinfected: "Not disinfected yet", no_staff: "No staff", category: "Does not take this category",
    no_power_or_heat: "No power or heating", other: "Other",
  },
  dockResults: { confirmed: "Will receive them", refused: "Refuses", no_answer: "No answer" },
  problemReasons: {
    unreachable: "Cannot reach the person", refused: "Person refuses", wrong_person: "Wrong person", wrong_address: "Wrong address",
    wrong_site: "Wrong site", site_refused: "Site refuses", category_changed: "Category changed", emergency: "Medical emergency",
    vehicle_breakdown: "Vehicle broke down", accident: "Accident", driver_over_hours: "Driver over hours", room_not_ready: "Room not ready",
    cross_infection: "Cross-infection suspected", property_lost: "Property lost", dependant_left_alone: "Someone left alone at home",
    other: "Other",
  },
  staysBehind: {
    nobody: "Nobody stays", can_be_alone: "Yes, can be alone", carer: "Yes, a carer has agreed", desk: "Yes, the desk finds a carer",
  },
  pets: { none: "No pets", carer: "Yes, cared for", alone: "Yes, nobody cares" },
  agrees: { agrees: "Agrees", objects: "Objects", absent: "Absent" },
  whereabouts: { home: "At home", elsewhere: "Elsewhere" },
  agents: { chlorine: "Chlorine", hydrogen_peroxide: "Hydrogen peroxide", uv: "UV light" },
  places: { site: "The site", depot: "Depot", other: "Elsewhere" },
  care: { ambulance_120: "120 ambulance", hospital: "Hospital" },
  operations: {
    verify_person: "Verified", record_dock_call: "Docking call", check_vehicle: "Vehicle check", plan_route: "Route planned",
    record_moment: "Time recorded", board_person: "Aboard", record_outcome: "Not aboard", add_extra_person: "Extra person aboard",
    hand_to_care: "Handed to 120 or a hospital", receive_person: "Reception", sign_handover: "Handover signed",
    disinfect_vehicle: "Vehicle disinfected", report_problem: "Problem", report_emergency: "Emergency", answer_docking: "Docking answered",
    set_room_state: "Room state", withdraw: "Taken back", acknowledge_refusal: "Refusal read",
  },
  sexes: { male: "male", female: "female" },
  gates: {
    "room_waits.rooms": { met: "Room waits: all rooms reserved", waiting: "Room waits: someone has no room", names: (n) => `${n} without a room` },
    "room_waits.dock": { met: "Site has confirmed", waiting: "Site has not confirmed, or too long ago", names: () => "" },
    "vehicle_waits": { met: "Vehicle waits: it is at pick-up", waiting: "Vehicle waits: call people once it is there", names: () => "" },
    "safe.readiness": { met: "Vehicle check complete", waiting: "Vehicle check incomplete", names: (n) => `${n} missing` },
    "safe.driver_hours": { met: "Driver within hours", waiting: "Driver hours not confirmed; nobody may waive this", names: () => "" },
    "safe.night": { met: "Not driving 02:00–05:00", waiting: "No driving 02:00–05:00; nobody may waive this", names: () => "" },
    "steps": { met: "Steps 1 to 4 are done", waiting: "Earlier steps are open", names: (n) => `${n} open` },
    "carer": { met: "Who stays at home is cared for", waiting: "Not asked who stays at home, or nobody cares for them", names: () => "" },
  },
  needs: {
    wheelchair: "Wheelchair", hard_to_walk: "Hard to walk", stretcher: "Stretcher", cannot_self_care: "Needs care", hearing: "Hard of hearing",
    sight: "Poor sight", oxygen: "Oxygen", insulin: "Insulin", dialysis: "Dialysis", pregnant: "Pregnant", newborn: "Newborn", child: "Child",
    elderly: "Very old", disabled: "Disabled", medicine: "Medicines", chronic_illness: "Chronic illness", cancer_treatment: "Cancer treatment",
    mental_illness: "Mental illness", pets: "Pets", language: "Language", diet: "Diet", accompanied: "Needs company", alone: "Alone",
  },
  symptoms: { fever: "Fever", cough: "Cough", sore_throat: "Sore throat", breathless: "Breathless", diarrhoea: "Diarrhoea" },
  weather: { clear: "Good", rain: "Rain", snow: "Snow", ice: "Ice", fog: "Fog" },
  refusalReasons: {
    no_room: "No room", fever: "Fever, to hospital", wrong_person: "Wrong person", not_on_list: "Not on the list", category: "Category not taken",
    other: "Other",
  },
  verdictCodes: {
    "target.unknown": "The office does not know this item; perhaps it is not yours.", "operation.id_reused": "Number used twice. Call the desk.",
    "operation.unreadable": "Cannot be read. Call the desk.", "internal": "The office cannot handle it now and is looking at it.",
    "room.taken": "Someone else has this room.", "already_answered": "Already answered.",
  },
  services: {
    dialysis: "dialysis", delivery: "delivery", paediatrics: "paediatrics", chemotherapy: "chemotherapy", cardiac_stroke: "heart, stroke",
    emergency: "emergency", fever: "fever clinic", mental: "psychiatry",
  },
  conflictKinds: {
    told_differently: "The two sides differ", "gate.passed": "A rule was passed", "fact.on_cancelled_transfer": "Recorded after the trip was cancelled",
    "boarding.identity_not_checked_twice": "Boarded without two proofs of identity", late_after_reassign: "Came in after the trip was reassigned",
    custody_twice: "One person in two places", person_twice: "One person in two places", room_twice: "Two people in one room",
    counts_differ: "The counts of both sides differ", not_on_list: "Not on the list",
  },
  hospitalColours: {
    yellow: "Yellow-code hospital", green: "Green-code hospital", red: "Red-code hospital", designated: "Designated hospital",
    fangcang: "Fangcang hospital",
  },
  vehicleKinds: {
    coach: "coach", minibus: "minibus", ambulance: "ambulance", negative_pressure_ambulance: "negative-pressure ambulance", van: "van",
  },
};
