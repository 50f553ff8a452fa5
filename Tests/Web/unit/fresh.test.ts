import assert from "node:assert/strict";
import test from "node:test";
import * as edit from "../../../Sources/Web/src/lib/definition/edit";
import { type Faults, typingFaults } from "../../../Sources/Web/src/lib/definition/faults";
import { freshAfter, freshAtFirst, nothingFresh, told, touched } from "../../../Sources/Web/src/lib/definition/fresh";
import { type Condition, conditionsOf, emptyDefinition } from "../../../Sources/Web/src/lib/definition/tree";

const last = (parts: readonly Condition[]): Condition => parts[parts.length - 1]!;
const faultsOf = (definition: typeof emptyDefinition): Faults => typingFaults(definition, []);

test("a side that nobody has come to yet is not told to be empty", () => {
    const fresh = freshAtFirst(emptyDefinition);
    assert.equal(faultsOf(emptyDefinition).size, 2);
    assert.equal(told(faultsOf(emptyDefinition), fresh).size, 0);
    // Who has filled it and emptied it again knows it.
    const filled = edit.addCondition(emptyDefinition, emptyDefinition.entry.key, []);
    const after = freshAfter(fresh, emptyDefinition, filled);
    const emptied = edit.removePart(filled, last(conditionsOf(filled.entry)).key);
    assert.deepEqual([...told(faultsOf(emptied), freshAfter(after, filled, emptied)).keys()], [emptied.entry.key]);
});

test("a field of a new condition says nothing until it was touched", () => {
    const definition = edit.addCondition(emptyDefinition, emptyDefinition.entry.key, []);
    const { key } = last(conditionsOf(definition.entry));
    const fresh = freshAfter(freshAtFirst(emptyDefinition), emptyDefinition, definition);
    const faults = faultsOf(definition);
    assert.deepEqual(Object.keys(faults.get(key) ?? {}), ["right.literal"]);
    assert.equal(told(faults, fresh).size, 0);
    // Its other fields are not this one.
    const beside = touched(fresh, `${key} left left.price`);
    assert.equal(told(faults, beside).size, 0);
    assert.deepEqual(told(faults, touched(beside, `${key} right.literal`)).get(key), faults.get(key));
    assert.equal(told(faults, nothingFresh).size, 2, "asked for, everything is told");
});

test("what is wrong with a new condition as a whole waits until something in it was touched", () => {
    const fresh = new Map([["n1", new Set<string>()]]);
    const faults: Faults = new Map([["n1", { "": "These two never meet." }]]);
    assert.equal(told(faults, fresh).size, 0);
    assert.deepEqual(told(faults, touched(fresh, "n1 op")), faults);
});

test("fields that a choice brings are new, too, and what was there is not", () => {
    const filled = edit.addCondition(emptyDefinition, emptyDefinition.entry.key, []);
    const { key, left } = last(conditionsOf(filled.entry));
    const price = edit.changeOperand(filled, key, "right", left);
    assert.equal(told(faultsOf(price), freshAfter(nothingFresh, filled, price)).has(key), false);
    const number = edit.changeOperand(price, key, "right", edit.newOperand("literal"));
    const fresh = freshAfter(nothingFresh, price, number);
    assert.equal(told(faultsOf(number), fresh).has(key), false);
    // A comparison brings nothing.
    assert.equal(freshAfter(nothingFresh, number, edit.changeOperator(number, key, "gt")).size, 0);
});

test("what was told of one side of a condition is told still when the other is chosen anew", () => {
    const filled = edit.addCondition(emptyDefinition, emptyDefinition.entry.key, []);
    const { key } = last(conditionsOf(filled.entry));
    const number = edit.newOperand("literal");
    const both = edit.changeOperand(filled, key, "left", number);
    const whole = { "": "These two never meet." };
    // Nothing hidden: only what the choice brings is.
    const asked = freshAfter(nothingFresh, filled, both);
    assert.deepEqual(Object.keys(faultsOf(both).get(key) ?? {}), ["left.literal", "right.literal"]);
    assert.deepEqual(Object.keys(told(faultsOf(both), asked).get(key) ?? {}), ["right.literal"]);
    assert.deepEqual(told(new Map([[key, whole]]), asked).get(key), whole);
    assert.deepEqual(told(new Map([[key, { op: "No such one." }]]), asked).get(key), { op: "No such one." });
    // Fresh, and touched on the side that stays: that is told, and only that.
    const fresh = freshAfter(nothingFresh, emptyDefinition, filled);
    const after = freshAfter(touched(fresh, `${key} right.literal`), filled, both);
    assert.deepEqual(Object.keys(told(faultsOf(both), after).get(key) ?? {}), ["right.literal"]);
    // Touched on the side that is chosen anew: nothing of it is left.
    const anew = freshAfter(touched(fresh, `${key} left left.price`), filled, both);
    assert.equal(told(faultsOf(both), anew).has(key), false);
});

test("what stands where is kept as it is where nothing is fresh", () => {
    const part = { period: "Write the period." };
    assert.equal(told(new Map([["n1", part]]), nothingFresh).get("n1"), part);
    assert.equal(touched(nothingFresh, "n1 period"), nothingFresh);
});
