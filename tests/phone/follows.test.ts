// What follows what, and what is left on a phone whose trip was given to somebody else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lineOfExtra } from "../../static/app/intents/intents.ts";
import { baseTransfer } from "./contract.ts";
import { begin, li, stored, TRANSFER, wang } from "./handset.ts";
import { Office } from "./office.ts";

const loggedOf = (office: Office) => [...office.log.values()].map(({ wire }) => JSON.parse(wire).type);

test("what is said of somebody on no list follows the act that added them, for as long as that has no final verdict", async () => {
  const { office, zhao } = await begin();
  const after = async () => JSON.parse((await stored(zhao, "u-zhao", "outbox")).at(-1).wire).after ?? [];
  const extra = { name: "李小宝", age: 2, sex: "male" as const, phone: null, note: null };
  const added = await zhao.phone.act.addExtraPerson(TRANSFER, extra);
  await zhao.boards(TRANSFER, lineOfExtra(added));
  assert.deepEqual(await after(), [added]);
  await zhao.phone.act.signHandover(TRANSFER, { side: "crew", lines: [{ line: lineOfExtra(added), outcome: "received" }], counterpart: "吴前台", note: null });
  assert.deepEqual(await after(), [added], "inside a list too");
  await zhao.boards(TRANSFER, li);
  assert.deepEqual(await after(), [], "others wait for nothing");
  await zhao.phone.undo(added);
  assert.deepEqual(await after(), [added], "once");
  office.judge = ({ type }) => type === "add_extra_person" ? { verdict: "held", code: "internal" } : { verdict: "applied", code: null };
  await zhao.syncs();
  await zhao.phone.act.recordOutcome(TRANSFER, { line: lineOfExtra(added), outcome: "unfit", note: null });
  assert.deepEqual(await after(), [added], "while it is held");
  office.put("receipt", added, { verdict: "applied", code: null, stamp: 1, conflict: null, operation_type: "add_extra_person", target: TRANSFER }, "u-zhao");
  await zhao.syncs();
  await zhao.phone.act.recordOutcome(TRANSFER, { line: lineOfExtra(added), outcome: "unfit", note: null });
  assert.deepEqual(await after(), [], "judged");
});

test("a crew that lost its trip without a network sees that it is not theirs any more, and how much is not sent", async () => {
  const { office, zhao } = await begin();
  zhao.network = "none";
  await zhao.boards(TRANSFER, li);
  await zhao.boards(TRANSFER, wang);
  assert.deepEqual(zhao.phone.view.left, []);
  office.put("transfer", TRANSFER, baseTransfer(), "u-qian");
  zhao.network = "good";
  zhao.whileInTheAir = () => zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual(loggedOf(office), ["board_person", "board_person", "board_person"], "what was recorded goes up all the same");
  assert.deepEqual(zhao.phone.view.transfers, []);
  zhao.network = "none";
  await zhao.boards(TRANSFER, wang);
  assert.deepEqual(zhao.phone.view.left.map(({ id, unsent }) => [id, unsent]), [[TRANSFER, 1]]);
});
