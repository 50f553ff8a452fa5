import assert from "node:assert/strict";
import test from "node:test";
import { freeName } from "../../../Sources/Web/src/lib/definition/free-name";
import { emptyDraft } from "../../../Sources/Web/src/lib/definition/strategy";
import { newDraftKey, savedDraftKey, unfinishedOf } from "../../../Sources/Web/src/lib/definition/unfinished";
import { bounded, changed, type History, historyFrom, historyOf, undone } from "../../../Sources/Web/src/lib/draft";
import { agoInWords } from "../../../Sources/Web/src/lib/time";

test("a name that is taken is counted on", () => {
    const cases: readonly [string, readonly string[], string][] = [
        ["RSI dip", [], "RSI dip"],
        ["RSI dip", ["rsi DIP "], "RSI dip 2"],
        ["RSI dip", ["RSI dip", "RSI dip 2", "RSI dip 4"], "RSI dip 3"],
        ["RSI dip 2", ["RSI dip 2"], "RSI dip 3"],
        ["Golden cross 50/200", ["Golden cross 50/200"], "Golden cross 50/200 2"],
        ["42", ["42"], "42 2"],
        ["", [""], ""],
        ["x".repeat(255), ["x".repeat(255)], `${"x".repeat(253)} 2`],
    ];
    for (const [name, taken, expected] of cases) assert.equal(freeName(name, taken), expected);
});

test("a history survives being kept, in bounds", () => {
    let history: History<number> = historyOf(0);
    for (let step = 1; step <= 50; step++) history = changed(history, step, null, step);
    history = undone(undone(history));
    const read = (value: unknown): number | null => (typeof value === "number" ? value : null);
    const back = historyFrom(JSON.parse(JSON.stringify(bounded(history, 40))), read)!;
    assert.deepEqual([back.past.length, back.past[39], back.present, back.future], [40, 47, 48, [49, 50]]);
    assert.equal(undone(back).present, 47);
    assert.deepEqual(bounded(history, 0), { past: [], present: 48, future: [], last: null });
    // Steps beyond one that cannot be read are out of reach.
    const broken = historyFrom({ past: [1, "?", 2, 3], present: 4, future: [5, null, 6] }, read);
    assert.deepEqual(broken, { past: [2, 3], present: 4, future: [5], last: null });
    for (const nothing of [null, 7, {}, { present: "?" }, { past: [1] }]) assert.equal(historyFrom(nothing, read), null);
    assert.deepEqual(historyFrom({ past: "x", present: 1 }, read), historyOf(1));
});

test("drafts are found again, each with the way back", () => {
    const id = "01234567-89ab-cdef-0123-456789abcdef";
    const kept = (key: string, name = "Mine") => ({ key, at: 1, base: null, history: { present: { ...emptyDraft, name } } });
    const found = unfinishedOf(
        [
            kept(newDraftKey(null)),
            kept(newDraftKey("rsi-dip"), "  "),
            kept(savedDraftKey(id)),
            kept(savedDraftKey("gone")),
            kept("something else"),
            { key: newDraftKey("x"), at: 1, history: { present: { name: 3 } } },
        ],
        (one) => one === id,
    );
    assert.deepEqual(
        found.map(({ name, path, isNew }) => [name, path, isNew]),
        [
            ["Mine", "/strategies/new", true],
            ["A strategy without a name", "/strategies/new?template=rsi-dip", true],
            ["Mine", `/strategies/${id}`, false],
        ],
    );
});

test("what was done lately is told in minutes and hours", () => {
    const cases: readonly [number, string][] = [
        [-5, "just now"],
        [59, "just now"],
        [60, "1 min ago"],
        [3_599, "59 min ago"],
        [3_600, "1 h ago"],
        [86_399, "23 h ago"],
        [86_400, "1 day ago"],
    ];
    for (const [passed, expected] of cases) assert.equal(agoInWords(1_000_000, 1_000_000 + passed), expected);
});
