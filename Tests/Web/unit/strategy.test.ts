import assert from "node:assert/strict";
import test from "node:test";
import type { ListedBacktest } from "api-types";
import * as edit from "../../../Sources/Web/src/lib/definition/edit";
import { runPairs } from "../../../Sources/Web/src/lib/definition/runs";
import {
    baseOf,
    changedParts,
    draftFrom,
    draftInFile,
    emptyDraft,
    fileText,
    isOvertaken,
    rebased,
    withAssetType,
} from "../../../Sources/Web/src/lib/definition/strategy";
import { templates } from "../../../Sources/Web/src/lib/definition/templates";
import { isSameDefinition, readDefinition, writeDefinition } from "../../../Sources/Web/src/lib/definition/tree";

const cross = { ...templates[0]!.definition, risk: { stop_loss: { type: "percent", value: 2 } } };
const tree = readDefinition(cross);

test("only what changed is sent, and a definition only when it means something else", () => {
    const base = { ...emptyDraft, name: "A", definition: tree, version: 2, savedAt: 0 };
    assert.deepEqual(changedParts(base, base), {});
    assert.deepEqual(changedParts(base, { ...base, name: " A " }), {});
    assert.deepEqual(changedParts(base, { ...base, name: "B", description: "d" }), { name: "B", description: "d" });
    const retyped = edit.changeParam(tree, tree.indicators[0]!.key, "period", "10.0");
    assert.deepEqual(changedParts(base, { ...base, definition: retyped }), {});
    const other = edit.changeParam(tree, tree.indicators[0]!.key, "period", "11");
    assert.deepEqual(Object.keys(changedParts(base, { ...base, definition: other })), ["definition"]);
    assert.deepEqual(changedParts(base, withAssetType({ ...base, timeframe: "1h" }, "CRYPTO")), {
        asset_type: "CRYPTO",
        timeframe: "1h",
    });
    assert.equal(withAssetType({ ...base, assetType: "CRYPTO", timeframe: "1h" }, "EQUITY").timeframe, "1d");
});

test("a save that would go over another's is seen", () => {
    const base = { ...emptyDraft, name: "A", definition: tree, version: 2, savedAt: 0 };
    const other = { ...base, definition: edit.setLevel(tree, "stop_loss", null) };
    const cases: readonly [string, typeof base, typeof base, boolean][] = [
        ["nobody else", other, base, false],
        ["a newer version", other, { ...base, version: 3 }, true],
        ["a newer version, but only the name is mine", { ...base, name: "B" }, { ...base, version: 3 }, false],
        ["both renamed it", { ...base, name: "B" }, { ...base, name: "C" }, true],
        ["both to the same", { ...base, name: "B" }, { ...base, name: "B" }, false],
        ["they described it, I changed the rules", other, { ...base, description: "d" }, false],
    ];
    for (const [name, mine, current, expected] of cases) assert.equal(isOvertaken(base, mine, current), expected, name);
});

test("a kept draft comes back, whatever state its numbers are in, and rubbish does not", () => {
    const draft = { ...emptyDraft, name: "A", definition: edit.changeParam(tree, tree.indicators[0]!.key, "period", "1x") };
    const kept = draftFrom(JSON.parse(JSON.stringify(draft)))!;
    assert.ok(isSameDefinition(kept.definition, draft.definition));
    assert.equal(kept.definition.indicators[0]!.params["period"], "1x");
    for (const rubbish of [null, 3, {}, { ...draft, name: 1 }, { ...draft, definition: {} }, { ...draft, timeframe: "1h" }])
        assert.equal(draftFrom(rubbish), null);
});

test("a file comes back as it was written, and a wrong one says why", () => {
    const draft = { ...emptyDraft, name: "A <b>", description: "d", assetType: "CRYPTO" as const, timeframe: "1h" as const, definition: tree };
    const read = draftInFile(fileText(draft));
    assert.deepEqual({ ...read, definition: writeDefinition(read.definition) }, { ...draft, definition: cross });
    assert.deepEqual(writeDefinition(draftInFile(JSON.stringify(cross)).definition), cross);
    const whole = JSON.parse(fileText(draft)) as object;
    const cases: readonly [string, string][] = [
        ["name;price\n1;2", "it is not JSON"],
        ["[]", "it is not an object"],
        ["{}", "the definition has no indicators"],
        [JSON.stringify({ ...whole, name: 1 }), "name is not a text"],
        [JSON.stringify({ ...whole, description: null }), "description is not a text"],
        [JSON.stringify({ ...whole, asset_type: "EQUITY" }), "asset_type and timeframe are not ones that there are bars of"],
        [JSON.stringify({ ...whole, definition: 1 }), "the definition is not an object"],
    ];
    for (const [text, message] of cases) assert.throws(() => draftInFile(text), { message });
});

test("what the server tells of a strategy is what work begins from", () => {
    const strategy = {
        id: "x",
        name: "A",
        description: "",
        assetType: "EQUITY" as const,
        timeframe: "1d" as const,
        versionId: 9,
        versionNumber: 3,
        definition: cross,
        definitionHash: "",
        summary: null,
        createdAt: 0,
        updatedAt: 0,
    };
    const base = baseOf(strategy);
    assert.deepEqual([base.version, base.name, writeDefinition(base.definition)], [3, "A", cross]);
});

test("runs are held side by side only when nothing but the version differs", () => {
    const run = (version: number, changes: Partial<ListedBacktest> = {}) =>
        ({ id: `${version}`, versionNumber: version, symbol: "A", simulation: {}, barRevision: 1, ...changes }) as ListedBacktest;
    const pairs = (runs: readonly ListedBacktest[]) =>
        runPairs(runs, 1, 2).map(({ before, after }) => `${before.id} ${after.id}`);
    assert.deepEqual(pairs([run(2), run(1)]), ["1 2"]);
    assert.deepEqual(pairs([run(2), run(2, { id: "older" }), run(1)]), ["1 2"]);
    assert.deepEqual(pairs([run(3), run(1)]), []);
    assert.deepEqual(pairs([run(2), run(1, { symbol: "B" })]), []);
    assert.deepEqual(pairs([run(2), run(1, { barRevision: 2 })]), []);
});

test("a draft goes on from what was saved elsewhere, where it did not touch it", () => {
    const base = { ...emptyDraft, name: "A", definition: tree };
    const other = edit.setLevel(tree, "stop_loss", null);
    const theirs = { ...base, description: "d", definition: other };
    assert.deepEqual(rebased(base, { ...base, name: "B" }, theirs), { ...theirs, name: "B" });
    assert.equal(rebased(base, { ...base, definition: other }, { ...base, name: "C" }).definition, other);
});
