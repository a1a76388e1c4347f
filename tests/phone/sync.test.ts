// Operations go up and records come down, whatever the network does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, Handset, li, lineOf, officeWithTransfer, stored, TRANSFER, wang } from "./handset.ts";
import { Office } from "./office.ts";
import { power } from "./power.ts";

test("a transfer made in the office is on the phone after one look", async () => {
  const { zhao } = await begin();
  assert.equal(zhao.phone.view.transfer(TRANSFER)?.code, "0403-017");
  assert.deepEqual([zhao.phone.state.complete, zhao.phone.state.asOf], [true, zhao.office.now]);
});

test("before the first download the phone says so, and an empty list afterwards is another thing", async () => {
  const office = officeWithTransfer(new Office());
  const handset = new Handset(office);
  await handset.switchOn();
  await handset.phone.signIn("qian", "secret");
  assert.equal(handset.phone.state.asOf, null);
  await handset.syncs();
  assert.equal(handset.phone.state.complete, true);
  assert.deepEqual(handset.phone.view.transfers, []);
});

test("a person boarded with no network is aboard on the screen, saved here, and after a restart too", async () => {
  const { zhao } = await begin();
  zhao.network = "none";
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  zhao.switchOff();
  await zhao.switchOn();
  assert.deepEqual([lineOf(zhao, li)?.state, lineOf(zhao, li)?.mark], ["aboard", "saved"]);
  assert.deepEqual([zhao.phone.state.unsent, zhao.phone.view.notSent[0]?.about], [1, { code: "0403-017", name: "李芳" }]);
});

test("what the office has received carries its mark, and the effect never left the screen", async () => {
  const { office, zhao } = await begin();
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual([lineOf(zhao, li)?.state, lineOf(zhao, li)?.mark, zhao.phone.state.unsent], ["aboard", "received", 0]);
  assert.equal(office.rows.get(`transfer/${TRANSFER}`)?.body.lines[0].state, "aboard");
});

test("a lost answer is asked for again and nothing happens twice", async () => {
  const { office, zhao } = await begin();
  zhao.network = "loses_answers";
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual([office.log.size, zhao.phone.state.unsent], [1, 1]);
  zhao.network = "good";
  await zhao.syncs();
  assert.deepEqual([office.log.size, zhao.phone.state.unsent], [1, 0]);
  assert.equal(office.stamp, 3);
});

test("an old answer given again changes nothing", async () => {
  const { office, zhao } = await begin();
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  office.put("transfer", TRANSFER, { ...office.rows.get(`transfer/${TRANSFER}`)!.body, code: "0403-018" }, "u-zhao");
  await zhao.syncs();
  const before = await stored(zhao, "u-zhao", "records");
  zhao.repeatLastAnswer = true;
  await zhao.syncs();
  assert.deepEqual(await stored(zhao, "u-zhao", "records"), before);
  assert.equal(zhao.phone.view.transfer(TRANSFER)?.code, "0403-018");
});

test("a late answer that took a transfer away does not take it away again after it came back", async () => {
  const { office, zhao } = await begin();
  const { body } = office.rows.get(`transfer/${TRANSFER}`)!;
  office.put("transfer", TRANSFER, body, "u-qian");
  await zhao.syncs();
  assert.equal(zhao.phone.view.transfers.length, 0);
  const late = zhao.lastAnswer;
  office.put("transfer", TRANSFER, body, "u-zhao");
  await zhao.syncs();
  Object.assign(zhao, { lastAnswer: late, repeatLastAnswer: true });
  const shown: number[] = [];
  zhao.phone.subscribe(() => shown.push(zhao.phone.view.transfers.length));
  await zhao.syncs();
  assert.deepEqual(new Set(shown), new Set([1]));
});

test("a store that fails while completing is told as not saved, and nothing is shown as saved", async () => {
  const { zhao } = await begin();
  power.failsToComplete = true;
  await assert.rejects(zhao.boards(TRANSFER, li), { code: "storage_broken" });
  power.failsToComplete = false;
  assert.deepEqual([zhao.phone.state.unsent, lineOf(zhao, li)?.state, (await stored(zhao, "u-zhao", "outbox")).length], [0, "expected", 0]);
  await zhao.boards(TRANSFER, li);
  assert.equal(zhao.phone.state.unsent, 1);
});

test("an act recorded while a request is in the air is sent with the next one, and stays on the screen", async () => {
  const { office, zhao } = await begin();
  await zhao.boards(TRANSFER, li);
  zhao.whileInTheAir = () => zhao.boards(TRANSFER, wang);
  await zhao.syncs();
  assert.deepEqual([office.log.size, zhao.phone.state.unsent, lineOf(zhao, wang)?.state], [2, 0, "aboard"]);
});

test("a captive portal is no answer, and consumes nothing", async () => {
  const { office, zhao } = await begin();
  zhao.network = "portal";
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual([zhao.phone.state.reached, zhao.phone.state.unsent, zhao.phone.state.signedOut, office.log.size], [false, 1, false, 0]);
  zhao.network = "good";
  await zhao.syncs();
  assert.equal(office.log.size, 1);
});

test("an overloaded office is left alone for as long as it says", async () => {
  const { zhao } = await begin();
  zhao.network = "overloaded";
  await zhao.boards(TRANSFER, li);
  const wait = await zhao.syncs();
  assert.ok(wait >= 7_000 && wait <= 14_000, `${wait}`);
  assert.equal(zhao.phone.state.unsent, 1);
});

test("an office that is full takes nothing, and the phone keeps all of it and sends it once when there is room", async () => {
  const { office, zhao } = await begin();
  zhao.network = "overloaded";
  const act = await zhao.boards(TRANSFER, li);
  for (let turn = 0; turn < 20; turn += 1) await zhao.syncs();
  assert.deepEqual([zhao.phone.state.unsent, office.log.size, lineOf(zhao, li)?.state], [1, 0, "aboard"]);
  zhao.network = "good";
  await zhao.syncs();
  assert.deepEqual([zhao.phone.state.unsent, [...office.log.keys()]], [0, [act]]);
});

test("a pause that an answer asks for is kept between the parts of an outbox, and takes nothing back", async () => {
  const { office, zhao } = await begin();
  zhao.network = "none";
  for (const line of [li, wang]) await zhao.boards(TRANSFER, line);
  zhao.network = "good";
  office.operationsMost = 1;
  office.pauseMs = 9_000;
  const wait = await zhao.syncs();
  assert.ok(wait >= 9_000 && wait <= 18_000, `${wait}`);
  assert.deepEqual([zhao.phone.state.unsent, office.log.size], [1, 1]);
  await zhao.syncs();
  assert.deepEqual([zhao.phone.state.unsent, office.log.size], [0, 2]);
});

test("a pause after the last answer puts off the next look for news", async () => {
  const { office, zhao } = await begin();
  office.pauseMs = 90_000;
  await zhao.syncs();
  zhao.clockMs += 60_000;
  const asked = zhao.requests.length;
  await zhao.phone.loop.once();
  assert.equal(zhao.requests.length, asked);
  zhao.clockMs += 31_000;
  await zhao.phone.loop.once();
  assert.equal(zhao.requests.length, asked + 1);
});

test("without an answer the waits grow to five minutes and no further, and a tap starts afresh", async () => {
  const { zhao } = await begin();
  zhao.network = "none";
  await zhao.boards(TRANSFER, li);
  const waits = [];
  for (let turn = 0; turn < 12; turn += 1) waits.push(await zhao.phone.loop.once());
  assert.ok(waits[0]! <= 2_000 && waits.at(-1)! > 150_000 && Math.max(...waits) <= 300_000, waits.join());
  assert.ok((await zhao.syncs()) <= 2_000);
});

test("a large outbox goes up in order, in batches, halved when the office finds them too large", async () => {
  const { office, zhao } = await begin();
  zhao.network = "none";
  for (let turn = 0; turn < 120; turn += 1) await zhao.boards(TRANSFER, turn % 2 ? li : wang);
  zhao.network = "good";
  office.operationsMost = 40;
  zhao.requests = [];
  await zhao.syncs();
  assert.deepEqual(zhao.requests.map(({ operations }) => operations.length), [100, 50, 25, 25, 25, 25, 20]);
  assert.deepEqual([office.log.size, zhao.phone.state.unsent], [120, 0]);
});

test("no changes come before the last of the outbox is up, so nothing vanishes meanwhile", async () => {
  const { office, zhao } = await begin();
  zhao.network = "none";
  for (let turn = 0; turn < 101; turn += 1) await zhao.boards(TRANSFER, li);
  zhao.network = "good";
  office.put("transfer", TRANSFER, { ...office.rows.get(`transfer/${TRANSFER}`)!.body, code: "0403-018" }, "u-zhao");
  zhao.requests = [];
  const codes: (string | undefined)[] = [];
  const stop = zhao.phone.subscribe(() => codes.push(`${zhao.phone.view.transfer(TRANSFER)?.code} ${lineOf(zhao, li)?.state}`));
  await zhao.syncs();
  stop();
  assert.deepEqual(new Set(codes), new Set(["0403-017 aboard", "0403-018 aboard"]));
  assert.equal(zhao.requests.length, 2);
});

test("a first download shows what is whole, page by page, and ends complete", async () => {
  const office = officeWithTransfer(new Office());
  for (let number = 0; number < 7; number += 1) office.put("contact", `c${number}`, { name: `${number}`, what: "", phone: "", area: null }, "u-zhao");
  office.pageSize = 3;
  const handset = new Handset(office);
  await handset.switchOn();
  await handset.phone.signIn("zhao", "secret");
  await handset.syncs();
  assert.deepEqual([handset.phone.view.contacts.length, handset.phone.view.transfers.length, handset.phone.state.complete], [7, 1, true]);
  assert.equal((await stored(handset, "u-zhao", "incoming")).length, 0);
});

test("a transfer given to another crew leaves the phone; what was not sent stays listed in words and is sent", async () => {
  const { office, zhao } = await begin();
  zhao.network = "none";
  await zhao.boards(TRANSFER, li);
  office.put("transfer", TRANSFER, office.rows.get(`transfer/${TRANSFER}`)!.body, "u-qian");
  office.judge = () => ({ verdict: "flagged", code: "late_after_reassign" });
  zhao.network = "good";
  await zhao.syncs();
  assert.deepEqual([zhao.phone.view.transfers.length, office.log.size], [0, 1]);
  assert.deepEqual(zhao.phone.view.acts.map(({ mark, code, about }) => [mark, code, about.name]), [["flagged", "late_after_reassign", "李芳"]]);
});

test("a refused act loses its effect and stands in the list until it is put away", async () => {
  const { office, zhao } = await begin();
  office.judge = ({ type }) => (type === "board_person" ? { verdict: "refused", code: "target.unknown" } : { verdict: "applied", code: null });
  const id = await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.equal(lineOf(zhao, li)?.state, "expected");
  assert.deepEqual(zhao.phone.view.refusals.map(({ id, mark, code }) => [id, mark, code]), [[id, "refused", "target.unknown"]]);
  await zhao.phone.acknowledge(id);
  assert.deepEqual(zhao.phone.view.refusals, []);
  await zhao.syncs();
  assert.deepEqual(zhao.phone.view.refusals, []);
});

test("a held act stays on the screen as waiting, and moves once", async () => {
  const { office, zhao } = await begin();
  office.judge = () => ({ verdict: "held", code: "waits_for_predecessor" });
  const id = await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual([lineOf(zhao, li)?.state, lineOf(zhao, li)?.mark, zhao.phone.view.refusals.length], ["aboard", "held", 1]);
  office.put("receipt", id, { verdict: "refused", code: "target.unknown", stamp: null, conflict: null, operation_type: "board_person", target: TRANSFER }, "u-zhao");
  await zhao.syncs();
  assert.deepEqual([lineOf(zhao, li)?.state, zhao.phone.view.refusals[0]?.mark], ["expected", "refused"]);
});

test("a wrong tap is taken back before and after the office has it, and neither act leaves the log", async () => {
  const { office, zhao } = await begin();
  zhao.network = "none";
  await zhao.phone.undo(await zhao.boards(TRANSFER, li));
  assert.equal(lineOf(zhao, li)?.state, "expected");
  zhao.network = "good";
  const second = await zhao.boards(TRANSFER, wang);
  await zhao.syncs();
  zhao.network = "none";
  await zhao.phone.undo(second);
  assert.equal(lineOf(zhao, wang)?.state, "expected", "lifted off the record that has it");
  zhao.network = "good";
  await zhao.syncs();
  assert.equal(lineOf(zhao, wang)?.state, "expected");
  assert.deepEqual(loggedOf(office), ["board_person", "withdraw", "board_person", "withdraw"]);
});

test("a wrong phone clock is told, corrected in what is shown, and stops nothing", async () => {
  const office = officeWithTransfer(new Office());
  const handset = new Handset(office);
  handset.clockMs -= 3 * 3600_000;
  await handset.switchOn();
  await handset.phone.signIn("zhao", "secret");
  await handset.syncs();
  assert.equal(handset.phone.state.clockWrong, true);
  await handset.boards(TRANSFER, li);
  assert.ok(Math.abs(Date.parse(handset.phone.view.acts[0]!.at) - office.now) < 1_000);
  await handset.syncs();
  const { occurred_at, clock_offset_ms } = JSON.parse([...office.log.values()][0]!.wire);
  assert.ok(Math.abs(Date.parse(occurred_at) + clock_offset_ms - office.now) < 1_000);
});

test("an act stays on the screen for a day after its verdict, whatever the phone's clock said and however long it waited", async () => {
  const { office, zhao } = await begin();
  zhao.clockMs -= 10 * 365 * 24 * 3600_000; // since it last heard from the office
  await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  await zhao.syncs();
  assert.deepEqual(zhao.phone.view.acts.map(({ mark }) => mark), ["received"]);
  office.now += 25 * 3600_000;
  zhao.clockMs += 25 * 3600_000;
  await zhao.syncs();
  assert.deepEqual(zhao.phone.view.acts, []);
});

test("in a demo, which lives on another day, the clock is not called wrong", async () => {
  const { office, zhao } = await begin();
  office.put("setting", "demo", { value: true }, "u-zhao");
  zhao.clockMs += 4 * 365 * 24 * 3600_000;
  await zhao.syncs();
  assert.equal(zhao.phone.state.clockWrong, false);
});

test("an act that is too large is refused when it is made, and the form can stay open", async () => {
  const { zhao } = await begin();
  const act = zhao.phone.act.recordOutcome(TRANSFER, { line: li, outcome: "absent", note: "长".repeat(11_000) });
  await assert.rejects(act, { code: "too_large" });
  assert.equal(zhao.phone.state.unsent, 0);
});

test("records of a kind that this version does not know are kept as they are", async () => {
  const { office, zhao } = await begin();
  office.put("drone", "d1", { height: 20 }, "u-zhao");
  await zhao.syncs();
  assert.deepEqual((await stored(zhao, "u-zhao", "records")).find(({ key }) => key === "drone/d1").box, { height: 20 });
});

test("old operations and acts are forgotten after their time, refused ones only when put away", async () => {
  const { office, zhao } = await begin();
  office.judge = ({ args }) => ("line" in args && args.line === li ? { verdict: "refused", code: "target.unknown" } : { verdict: "applied", code: null });
  await zhao.boards(TRANSFER, li);
  await zhao.boards(TRANSFER, wang);
  await zhao.syncs();
  office.now += 15 * 24 * 3600_000;
  zhao.clockMs += 15 * 24 * 3600_000;
  await zhao.syncs();
  office.put("receipt", zhao.phone.view.refusals[0]!.id, {});
  await zhao.syncs();
  assert.deepEqual((await stored(zhao, "u-zhao", "kept")).map(({ verdict }) => verdict), ["refused"]);
  assert.deepEqual(zhao.phone.view.acts.map(({ mark }) => mark), ["refused"]);
  await zhao.phone.acknowledge(zhao.phone.view.refusals[0]!.id);
  await zhao.syncs();
  office.now += 15 * 24 * 3600_000;
  zhao.clockMs += 15 * 24 * 3600_000;
  for (let day = 0; day < 3; day += 1) await zhao.syncs();
  assert.deepEqual([await stored(zhao, "u-zhao", "kept"), zhao.phone.view.notSent], [[], []]);
});

test("a draft of a half-filled form outlives the process", async () => {
  const { zhao } = await begin();
  await zhao.phone.drafts.keep("verify", { told: true });
  zhao.switchOff();
  await zhao.switchOn();
  assert.deepEqual(await zhao.phone.drafts.take("verify"), { told: true });
  await zhao.phone.drafts.drop("verify");
  assert.equal(await zhao.phone.drafts.take("verify"), undefined);
});

const loggedOf = (office: Office) => [...office.log.values()].map(({ wire }) => JSON.parse(wire).type);
