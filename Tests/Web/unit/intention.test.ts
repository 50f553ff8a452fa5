import assert from "node:assert/strict";
import test from "node:test";
import { Intention } from "../../../Sources/Web/src/lib/intention";

test("a request keeps its key until it was answered, and another has another", () => {
    const intention = new Intention();
    const first = intention.keyOf("a");
    assert.equal(intention.keyOf("a"), first);
    const other = intention.keyOf("b");
    assert.notEqual(other, first);
    assert.notEqual(intention.keyOf("a"), first);
    const again = intention.keyOf("a");
    intention.done();
    assert.notEqual(intention.keyOf("a"), again);
});
