// The codes of the agreement in English.
import type { Codes } from "./zh-codes.ts";

export const codes: Codes = {
  homeward: {
    steps: {
      verify: "Verify information", dock: "Ask the community", vehicle: "Arrange vehicle", route: "Plan route", move: "Pick up and deliver",
      handover: "Hand over to the community",
    },
    moments: {
      en_route: "Departed", at_pickup: "At the site", people_called: "People called", left_pickup: "Left the site", at_site: "At the community",
    },
    doMoment: {
      en_route: "Set off for the site", at_pickup: "We are at the site", people_called: "Call people out", left_pickup: "All in, leave the site",
      at_site: "We are at the community",
    },
  },
  steps: {
    verify: "Verify information", dock: "Dock with the site", vehicle: "Arrange vehicle", route: "Plan route", move: "Pick up and deliver",
    handover: "Handover list",
  },
  categories: {
    confirmed: "confirmed case", asymptomatic: "asymp\u00adtomatic", screen_positive: "screening positive", pooled_positive: "pooled positive",
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
    set_room_state: "Room state", count_rooms: "Rooms counted", record_waste: "Waste collected", admit_walk_in: "Walk-in", release_stay: "Release", record_test_result: "Test result", record_health: "Health round",
    withdraw: "Taken back", acknowledge_refusal: "Refusal read",
  },
  sexes: { male: "male", female: "female" },
  gates: {
    "room_waits.rooms": { met: "Room waits: all rooms reserved", waiting: "Room waits: someone has no room", names: (n) => `${n} without a room` },
    "room_waits.dock": { met: "Docking confirmed in time", waiting: "Site has not confirmed, or too long ago", names: () => "" },
    "accepted": { met: "The community takes them", waiting: "The community has not accepted yet", names: () => "" },
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
    younger_test: "Wants a newer test", other: "Other",
  },
  verdictCodes: {
    "stay.ended": "Has left the room already.",
    "stay.referred": "Found positive: to be moved, not released.",
    "stay.is_positive": "The last test was positive.",
    "stay.lacks_days": "The days are not over. To release earlier, say who allows it and why.",
    "stay.lacks_days_strictly": "The days are not over, and the edition knows no earlier release.",
    "stay.lacks_test": "The last test has no negative result yet: record it first.",
    "stay.lacks_pair": "The last day needs two samples at once.",
    "stay.lacks_negatives": "Two good results, 24 hours apart, are not there yet.",
    "stay.lacks_environment": "The room sample has no negative result yet.",
    "stay.lacks_index_tests": "First see the contact's own first two tests.",
    "stay.lacks_word": "Somebody who may decides: say who, and why.",
    "reason.missing": "Give the reason.",
    "target.unknown": "The office does not know this item; perhaps it is not yours.", "operation.id_reused": "Number used twice. Call the desk.",
    "operation.unreadable": "Cannot be read. Call the desk.", "internal": "The office cannot handle it now and is looking at it.",
    "waits_for": "Waits for the record before it; done when that has come.", "newer": "Waits until the office's server is upgraded; done then.",
    "predecessor.missing": "The record before it never came; this was not done.", "predecessor.refused": "The record before it was not accepted; this was not done.",
    "room.not_ready": "This room cannot be taken now.", "transfer.dock_already_answered": "Already answered; look at its newest state.",
    "access.denied": "Your role may not do this.", "transfer.already_ended": "This trip has ended.",
  },
  services: {
    dialysis: "dialysis", delivery: "delivery", paediatrics: "paediatrics", chemotherapy: "chemotherapy", cardiac_stroke: "heart, stroke",
    emergency: "emergency", fever: "fever clinic", mental: "psychiatry",
  },
  hospitalColours: {
    yellow: "Yellow-code hospital", green: "Green-code hospital", red: "Red-code hospital", designated: "Designated hospital",
    fangcang: "Fangcang hospital",
  },
  vehicleKinds: {
    coach: "coach", minibus: "minibus", ambulance: "ambulance", negative_pressure_ambulance: "negative-pressure ambulance", van: "van",
  },
};
