// The bodies that go up are those of the contract, field by field.
import assert from "node:assert/strict";
import { test } from "node:test";
import { intents } from "../../static/app/intents/intents.ts";
import { uuid7 } from "../../static/app/intents/uuid7.ts";
import { CLASSES } from "../../static/app/operations.ts";
import { operations } from "./contract.ts";
import { Handset, officeWithTransfer, stored, TRANSFER } from "./handset.ts";
import { Office } from "./office.ts";

const examples = operations().valid.map(({ body }) => body as any);

test("each operation has an example and an intent", () => {
  const named = Object.keys(CLASSES).map((type) => type.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()));
  assert.deepEqual(Object.keys(intents(async () => "" as never)).sort(), named.sort());
  assert.deepEqual(new Set(examples.map(({ type }) => type)), new Set(Object.keys(CLASSES)));
});

for (const example of examples) {
  test(`${example.type} is written as in the contract`, async () => {
    const zhao = await Handset.inTheHandOf(officeWithTransfer(new Office()), "zhao");
    const name = example.type.replace(/_(.)/g, (_: string, letter: string) => letter.toUpperCase()) as "boardPerson";
    const args = example.type === "withdraw" || example.type === "acknowledge_refusal" ? example.args.operation : example.args;
    if (example.type === "acknowledge_refusal") await zhao.phone.act.acknowledgeRefusal(args);
    else await zhao.phone.act[name]((example.type === "withdraw" ? TRANSFER : example.target) as never, args);
    const [{ wire, id }] = await stored(zhao, "u-zhao", "outbox");
    const body = JSON.parse(wire);
    const unsaid = [...(example.v === 1 ? ["v"] : []), ...["after", "blobs"].filter((name) => !example[name].length)];
    assert.deepEqual(Object.keys(body).sort(), Object.keys(example).filter((name) => !unsaid.includes(name)).sort());
    assert.deepEqual([body.type, body.v ?? 1, body.target, body.args, body.after ?? []], [example.type, example.v, example.target, example.args, example.after]);
    assert.equal(body.author, "u-zhao");
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
}

test("a UUIDv7 holds the time in its first 48 bits, and ids of later times sort later", () => {
  const bytes = new Uint8Array(10).fill(255);
  // RFC 9562, appendix A.6: 2022-02-22T19:22:22Z is 017F22E2-79B0-7...
  assert.equal(uuid7(Date.parse("2022-02-22T19:22:22Z"), bytes), "017f22e2-79b0-7fff-bfff-ffffffffffff");
  assert.ok(uuid7(1_000, bytes) < uuid7(2_000, new Uint8Array(10)));
});
