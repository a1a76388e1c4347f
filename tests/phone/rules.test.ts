import assert from "node:assert/strict";
import { test } from "node:test";
import { lacking, testsToTake } from "../../static/app/rules/clocks.ts";
import { isOver, overSince } from "../../static/app/rules/overstays.ts";
import { countPeople, seatsShort } from "../../static/app/rules/counts.ts";
import { gatesBefore } from "../../static/app/rules/gates.ts";
import { settingsFrom } from "../../static/app/rules/settings.ts";
import { stepToDo, stepsOf } from "../../static/app/rules/steps.ts";
import { STEPS } from "../../static/app/records.ts";
import { lacking as lackingOfRoom, moved, type InCycle, type Word } from "../../static/app/rules/turnover.ts";
import { baseTransfer, clocksExamples, gatesExamples, overstaysExamples, roomsExamples, stepsExamples } from "./contract.ts";

for (const { sentence, transfer, steps, waits_for, blocked_by } of stepsExamples()) {
  test(`steps: ${sentence}`, () => {
    const now = stepsOf(transfer);
    for (const step of STEPS) {
      const { state, waits_for: waits, blocked_by: blocked } = now[step];
      assert.deepEqual({ step, state, waits, blocked },
        { step, state: steps[step], waits: waits_for[step] ?? [], blocked: blocked_by[step] ?? null });
    }
  });
}

const { settings, examples } = gatesExamples();
for (const { sentence, transfer, button, line, stop, at, gates } of examples) {
  test(`gates: ${sentence}`, () => assert.deepEqual(gatesBefore(button, transfer, at, settings, { line: line ?? undefined, stop: stop ?? undefined }), gates));
}

for (const { sentence, clock, taken, today, index_negative, lacks } of clocksExamples()) {
  test(`clocks: ${sentence}`, () => assert.deepEqual(lacking(clock, taken, today, index_negative), lacks));
}

for (const { sentence, stay, now, over } of overstaysExamples()) {
  test(`overstays: ${sentence}`, () => assert.equal(isOver(stay, Date.parse(now), "Asia/Shanghai"), over));
}

test("somebody is over since 24:00 of their last day where the office is, or since their time to leave ended", () => {
  const stay = { due_at: "2022-04-03", released: { at: "2022-04-01T08:00:00Z", vacate_due_at: null } };
  assert.equal(overSince({ due_at: "2022-04-03" }, "Asia/Shanghai"), Date.parse("2022-04-03T16:00:00Z"));
  assert.equal(overSince({ due_at: "2022-04-03" }, "America/Lima"), Date.parse("2022-04-04T05:00:00Z"));
  assert.equal(overSince(stay, "Asia/Shanghai"), Date.parse("2022-04-02T08:00:00Z"));
});

test("tests to take are those due until today, and a missed one only until the next is due", () => {
  const { clock, taken } = clocksExamples().find(({ sentence }) => sentence.startsWith("a contact of the eighth edition"))!;
  const daysOn = (today: string, tests = taken) => testsToTake(clock, tests, today).map(({ day }) => day);
  assert.deepEqual([daysOn("2022-04-06", []), daysOn("2022-04-08", []), daysOn("2022-04-09"), daysOn("2022-04-15")], [[4], [7], [], [14]]);
});

const minute = (at: number): string => new Date(Date.parse("2022-04-03T12:00:00Z") + at * 60_000).toISOString();
const { rules, examples: aboutRooms } = roomsExamples();
for (const { sentence, words } of aboutRooms) {
  test(`rooms: ${sentence}`, () => {
    let room: InCycle = { state: "ready", since: minute(-60), turnover: null, stay: null };
    for (const { at, then, lacks, ...said } of words) {
      const word = { ...said, at: minute(at) };
      const missing = room.state === word.state ? [] : lackingOfRoom(room, word, rules);
      if (!missing.length) room = moved(room, word);
      assert.deepEqual({ at, missing, state: room.state }, { at, missing: lacks, state: then });
    }
  });
}

test("people who came into a room before it was ready begin another turnover when they leave, and an older word adds nothing to it", () => {
  const said = (room: InCycle, at: number, state: Word["state"], more: Partial<Word> = {}): InCycle => moved(room, { state, by: "a", at: minute(at), ...more });
  const ready: InCycle = { state: "ready", since: minute(-60), turnover: null, stay: null };
  const dirty = said(said(said(ready, 0, "vacated_dirty"), 10, "occupied", { reason: "自行到达" }), 20, "vacated_dirty");
  assert.deepEqual([dirty.turnover?.vacated_at, dirty.since], [minute(20), minute(20)]);
  const disinfecting = said(dirty, 30, "disinfecting");
  assert.equal(said(disinfecting, 5, "disinfecting", { agent: "chlorine" }).turnover?.agent, null);
  assert.equal(said(disinfecting, 31, "disinfecting", { agent: "chlorine" }).turnover?.agent, "chlorine");
});

test("a finished step says when and by whom, from what is recorded on the transfer", () => {
  const { transfer } = stepsExamples().find(({ sentence }) => sentence.startsWith("two signatures"))!;
  const { verify, handover } = stepsOf(transfer);
  assert.deepEqual([verify.done_at, verify.by], ["2022-04-03T11:00:00Z", "赵师傅"]);
  assert.equal(handover.done_at, "2022-04-03T15:20:00Z");
});

test("people are counted by where they are, for the whole transfer and for a stop", () => {
  const transfer = baseTransfer();
  transfer.lines[0]!.state = "aboard";
  assert.deepEqual(countPeople(transfer), { listed: 2, verified: 0, expected: 1, aboard: 1, received: 0, gone: 0 });
  assert.equal(countPeople(transfer, "elsewhere" as never).listed, 0);
});

test("people beyond the seats that may be used are counted", () => {
  const transfer = baseTransfer();
  assert.equal(seatsShort(transfer), 0);
  transfer.vehicle!.seats_usable = 1;
  assert.equal(seatsShort(transfer), 1);
});

test("settings come from their records, and one of a wrong kind leaves what held before", () => {
  const told = settingsFrom([{ id: "dock_fresh_minutes", value: 90 }, { id: "time_zone", value: 8 }, { id: "new_one", value: 1 }]);
  assert.deepEqual([told.dock_fresh_minutes, told.time_zone], [90, "Asia/Shanghai"]);
});

test("an extra person aboard, verified by nobody, opens step 1 again and sends no coach back to it", () => {
  const transfer = baseTransfer();
  assert.equal(stepToDo(stepsOf(transfer)), "verify");
  transfer.lines[0]!.state = "aboard";
  assert.deepEqual([stepsOf(transfer).verify.state, stepToDo(stepsOf(transfer))], ["open", "move"]);
  for (const line of transfer.lines) line.state = "aboard";
  transfer.moments.at_site = { at: "2022-04-03T14:00:00Z", by: "赵师傅", allowed_by: null };
  assert.equal(stepToDo(stepsOf(transfer)), "handover");
  transfer.handover.closed_at = "2022-04-03T15:00:00Z";
  assert.equal(stepToDo(stepsOf(transfer)), null);
});
