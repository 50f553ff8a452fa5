import assert from "node:assert/strict";
import test from "node:test";
import document from "../../../.build/web/openapi.json";
import { differences } from "../../../Sources/Web/src/lib/definition/differences";
import * as edit from "../../../Sources/Web/src/lib/definition/edit";
import { countOf, faultsOf, joined, placeIn, typingFaults } from "../../../Sources/Web/src/lib/definition/faults";
import { type Catalog, levels, logics, numberIn, operators } from "../../../Sources/Web/src/lib/definition/grammar";
import { conditionWords, indicatorLabels, indicatorName, usesOf } from "../../../Sources/Web/src/lib/definition/names";
import { levelsOf, spread, turns } from "../../../Sources/Web/src/lib/definition/signals";
import { templates } from "../../../Sources/Web/src/lib/definition/templates";
import {
    type Condition,
    conditionsOf,
    type Definition,
    emptyDefinition,
    readDefinition,
    writeDefinition,
} from "../../../Sources/Web/src/lib/definition/tree";

const schemas = document.components.schemas;

const catalog: Catalog = (["SMA", "EMA", "RSI"] as const).map((type) => ({
    type,
    name: type,
    summary: "",
    params: [{ name: "period", minimum: 2, maximum: type === "RSI" ? 100 : 200, default: type === "RSI" ? 14 : 20 }],
    sources: ["open", "high", "low", "close"],
    scale: type === "RSI" ? "percent" : "price",
}));
const entryOf = (type: string) => catalog.find((entry) => entry.type === type)!;

const cross = {
    indicators: [
        { id: "fast", type: "SMA", params: { period: 10 }, source: "close" },
        { id: "slow", type: "SMA", params: { period: 30 }, source: "close" },
    ],
    entry: {
        logic: "AND",
        conditions: [
            { left: { indicator: "fast" }, op: "crosses_above", right: { indicator: "slow" } },
            { left: { price: "close" }, op: "gt", right: { literal: 12.5 } },
        ],
    },
    exit: {
        logic: "AND",
        conditions: [{ left: { indicator: "fast" }, op: "crosses_below", right: { indicator: "slow" } }],
    },
    risk: { stop_loss: { type: "percent", value: 2 }, take_profit: { type: "percent", value: 4 } },
};
const tree = readDefinition(cross);
const copy = () => JSON.parse(JSON.stringify(cross)) as typeof cross;
const changed = (change: (one: ReturnType<typeof copy>) => unknown) => {
    const one = copy();
    change(one);
    return one;
};
const words = (definition: Definition, side: "entry" | "exit" = "entry") =>
    conditionsOf(definition[side]).map((one) => conditionWords(one, indicatorLabels(definition.indicators)));

test("the grammar says what the API's description says", () => {
    const { Condition: condition, Rule: rule, StrategyDefinition: whole, StopLoss, TakeProfit } = schemas;
    assert.deepEqual(operators.map((row) => row.op).sort(), [...condition.properties.op.enum].sort());
    assert.deepEqual(logics.map((row) => row.logic), rule.properties.logic.enum);
    const told = { stop_loss: StopLoss, take_profit: TakeProfit };
    for (const { name, kinds } of levels) {
        const { type } = told[name as keyof typeof told].properties;
        assert.deepEqual(kinds.map((row) => row.kind), type.enum);
    }
    assert.deepEqual(levels.map((row) => row.name), Object.keys(whole.properties.risk.properties));
});

test("a definition comes back as it was read", () => {
    assert.deepEqual(writeDefinition(tree), cross);
    for (const { definition, name } of templates) assert.deepEqual(writeDefinition(readDefinition(definition)), definition, name);
});

test("what the page has no place for is refused and not dropped", () => {
    const cases: readonly [string, unknown][] = [
        ["the definition is not an object", null],
        ["the definition has no exit", { indicators: [], entry: {}, risk: {} }],
        ["the definition has sizing, which this page does not know", { ...cross, sizing: {} }],
        ["risk has max_bars_held, which this page does not know", changed((one) => Object.assign(one.risk, { max_bars_held: 3 }))],
        ["risk.stop_loss.type is none of percent", changed((one) => (one.risk.stop_loss.type = "atr"))],
        ["entry.logic is none of AND", changed((one) => (one.entry.logic = "XOR"))],
        ["entry.conditions[1].op is none of", changed((one) => (one.entry.conditions[1]!.op = "near"))],
        ["entry.conditions[0].left has offset", changed((one) => Object.assign(one.entry.conditions[0]!.left, { offset: 1 }))],
        ["entry.conditions[0].left is none of indicator, price, literal", changed((one) => Object.assign(one.entry.conditions[0]!, { left: { volume: true } }))],
        ["exit.conditions[0] has for", changed((one) => Object.assign(one.exit.conditions[0]!, { for: 3 }))],
        ["indicators[0] has output", changed((one) => Object.assign(one.indicators[0]!, { output: "k" }))],
        ["indicators[1].params.period is not a number", changed((one) => Object.assign(one.indicators[1]!.params, { period: null }))],
    ];
    for (const [message, value] of cases)
        assert.throws(() => readDefinition(value), (error: Error) => error.message.startsWith(message), message);
});

test("groups inside groups are read, written, changed and told", () => {
    const nested = changed((one) =>
        Object.assign(one.entry.conditions, { 1: { logic: "AND", conditions: [one.entry.conditions[1], one.exit.conditions[0]] } }),
    );
    const definition = readDefinition(nested);
    assert.deepEqual(writeDefinition(definition), nested);
    assert.equal(conditionsOf(definition.entry).length, 3);
    const inner = conditionsOf(definition.entry)[2]!;
    const moved = edit.movePart(definition, inner.key, -1);
    assert.deepEqual(words(moved).slice(1), words(definition).slice(1).reverse());
    assert.deepEqual(placeIn(definition, "entry.conditions[1].conditions[1].op"), { key: inner.key, field: "op" });
    assert.equal(conditionsOf(edit.removePart(definition, inner.key).entry).length, 2);
    assert.deepEqual(differences(tree, definition)[0], {
        kind: "changed",
        text: "Buy: the close is above 12.5 became (the close is above 12.5 and SMA(10) crosses below SMA(30))",
    });
    const withGroup = edit.addGroup(tree, "exit", "AND", catalog);
    assert.equal(conditionsOf(withGroup.exit).length, 2);
    assert.deepEqual(writeDefinition(readDefinition(writeDefinition(withGroup))), writeDefinition(withGroup));
});

test("texts are numbers or are not", () => {
    const cases: readonly [string, number | null][] = [
        ["10", 10],
        [" 2.5 ", 2.5],
        ["2.", 2],
        [".5", 0.5],
        ["\u22123", -3],
        ["1e3", 1000],
        ["1e999", null],
        ["", null],
        ["-", null],
        ["2,5", null],
        ["0x10", null],
        ["Infinity", null],
        ["1 0", null],
    ];
    for (const [text, value] of cases) assert.equal(numberIn(text), value, text);
});

test("names read as people say them, and two alike are told apart", () => {
    const [first] = tree.indicators;
    assert.equal(indicatorName(first!), "SMA(10)");
    assert.equal(indicatorName({ ...first!, source: "high" }), "SMA(10) of high");
    assert.equal(indicatorName({ ...first!, params: { period: "" } }), "SMA(\u2026)");
    assert.equal(indicatorName({ ...first!, type: "MACD", params: { fast: "12", slow: "26" } }), "MACD(12, 26)");
    const twice = edit.changeParam(tree, tree.indicators[1]!.key, "period", "10");
    assert.deepEqual([...indicatorLabels(twice.indicators).values()], ["SMA(10)", "SMA(10) no. 2"]);
    assert.deepEqual(words(tree), ["SMA(10) crosses above SMA(30)", "the close is above 12.5"]);
});

test("indicators are added, changed, moved and removed", () => {
    const added = edit.addIndicator(edit.addIndicator(tree, entryOf("RSI")), entryOf("RSI"));
    assert.deepEqual(added.indicators.map((one) => one.id), ["fast", "slow", "rsi1", "rsi2"]);
    assert.equal(new Set(added.indicators.map((one) => one.key)).size, 4);
    const [fast, slow, rsi] = added.indicators;
    assert.equal(rsi!.params["period"], "14");
    const retyped = edit.changeType(added, rsi!.key, entryOf("EMA")).indicators[2]!;
    assert.deepEqual([retyped.type, retyped.id, retyped.params["period"]], ["EMA", "rsi1", "14"]);
    assert.equal(edit.changeSource(tree, slow!.key, "low").indicators[1]!.source, "low");
    assert.deepEqual(edit.moveIndicator(added, rsi!.key, -1).indicators.map((one) => one.id), ["fast", "rsi1", "slow", "rsi2"]);
    assert.equal(edit.moveIndicator(added, fast!.key, -1), added);
    assert.deepEqual(usesOf(tree, "fast"), ["SMA(10) crosses above SMA(30)", "SMA(10) crosses below SMA(30)"]);
    assert.deepEqual(usesOf(added, "rsi1"), []);
    const removed = edit.removeIndicator(tree, fast!.key);
    assert.deepEqual([words(removed), words(removed, "exit")], [["the close is above 12.5"], []]);
    assert.equal(edit.removeIndicator(added, rsi!.key).entry, added.entry, "what is not touched stays itself");
});

test("conditions are added, changed, copied, moved and removed", () => {
    const added = edit.addCondition(tree, "exit", catalog);
    assert.deepEqual(words(added, "exit"), ["SMA(10) crosses below SMA(30)", "SMA(10) crosses below SMA(30)"]);
    const [one, other] = conditionsOf(tree.entry) as [Condition, Condition];
    const literal = { kind: "literal", values: { literal: "70" } };
    assert.deepEqual(words(edit.changeOperand(tree, one.key, "right", literal))[0], "SMA(10) crosses above 70");
    assert.deepEqual(words(edit.changeOperator(tree, one.key, "lte"))[0], "SMA(10) is at or below SMA(30)");
    assert.deepEqual(words(edit.copyCondition(tree, one.key)).length, 3);
    assert.deepEqual(words(edit.copyCondition(tree, one.key))[1], words(tree)[0]);
    assert.deepEqual(words(edit.movePart(tree, other.key, -1)), [...words(tree)].reverse());
    assert.equal(edit.movePart(tree, other.key, 1), tree);
    assert.deepEqual(words(edit.removePart(tree, one.key)), ["the close is above 12.5"]);
    const changedOne = edit.changeOperator(tree, one.key, "lt");
    assert.equal(conditionsOf(changedOne.entry)[1], other, "the other row is the same object");
    assert.equal(changedOne.exit, tree.exit);
});

test("a new condition is a whole sentence wherever it can be", () => {
    const rsi = edit.addIndicator(emptyDefinition, entryOf("RSI"));
    const ema = edit.addIndicator(emptyDefinition, entryOf("EMA"));
    const cases: readonly [Definition, "entry" | "exit", string][] = [
        [emptyDefinition, "entry", "the close crosses above \u2026"],
        [rsi, "entry", "RSI(14) is below \u2026"],
        [rsi, "exit", "RSI(14) is above \u2026"],
        [ema, "exit", "the close crosses below EMA(20)"],
        [edit.addIndicator(ema, entryOf("EMA")), "entry", "EMA(20) crosses above EMA(20) no. 2"],
    ];
    for (const [definition, side, text] of cases) assert.deepEqual(words(edit.addCondition(definition, side, catalog), side), [text]);
});

test("levels are set and taken away", () => {
    const without = edit.setLevel(tree, "stop_loss", null);
    assert.deepEqual(writeDefinition(without)["risk"], { take_profit: { type: "percent", value: 4 } });
    assert.deepEqual(writeDefinition(edit.setLevel(without, "stop_loss", edit.newLevel("stop_loss")))["risk"], {
        stop_loss: { type: "percent", value: 5 },
        take_profit: { type: "percent", value: 4 },
    });
});

test("a fault of the server lands on its field and stays with its row", () => {
    const [one, other] = conditionsOf(tree.entry) as [Condition, Condition];
    const cases: readonly [string, string, string][] = [
        ["indicators[1].params.period", tree.indicators[1]!.key, "period"],
        ["indicators[0].id", tree.indicators[0]!.key, "id"],
        ["indicators", "indicators", ""],
        ["entry.conditions[0]", one.key, ""],
        ["entry.conditions[1].right.literal", other.key, "right.literal"],
        ["entry.conditions[7].right", "entry", ""],
        ["exit.conditions", "exit", ""],
        ["risk.stop_loss.value", "risk.stop_loss", "value"],
        ["risk", "risk", ""],
        ["", "", ""],
    ];
    for (const [path, key, field] of cases) assert.deepEqual(placeIn(tree, path), { key, field }, path);
    const faults = faultsOf(tree, [
        { path: "entry.conditions[1].right.literal", message: "first" },
        { path: "entry.conditions[1].right.literal", message: "second" },
        { path: "entry.conditions[1].op", message: "other" },
    ]);
    assert.deepEqual(faults.get(other.key), { "right.literal": "first", op: "other" });
    assert.equal(countOf(faults), 2);
    const mine = new Map([[other.key, { "right.literal": "mine" }]]);
    assert.deepEqual(joined(mine, faults).get(other.key), { "right.literal": "mine", op: "other" });
});

test("what is typed is checked without the server, by the catalog's ranges", () => {
    const [fast] = tree.indicators;
    const period = (text: string) => typingFaults(edit.changeParam(tree, fast!.key, "period", text), catalog).get(fast!.key)?.["period"];
    assert.equal(period("2"), undefined);
    assert.equal(period(""), "Write the period.");
    assert.equal(period("1"), "From 2 to 200.");
    assert.equal(period("2.5"), "Write a whole number.");
    assert.equal(period("x"), "\u201Cx\u201D is not a number.");
    assert.deepEqual([...typingFaults(tree, catalog)], []);
    assert.deepEqual([...typingFaults(emptyDefinition, catalog).keys()], ["entry", "exit"]);
    const stop = edit.setLevel(tree, "stop_loss", { kind: "percent", values: { value: "0" } });
    assert.deepEqual(typingFaults(stop, catalog).get("risk.stop_loss"), { value: "From 0.01% to 50%." });
});

test("differences of two versions are told in words", () => {
    const cases: readonly [string, unknown, readonly string[]][] = [
        ["nothing", copy(), []],
        ["a number written in another way", changed((one) => (one.risk.stop_loss.value = 2.0)), []],
        ["a period", changed((one) => (one.indicators[0]!.params.period = 12)), ["changed: SMA(10) became SMA(12)"]],
        ["an id", JSON.parse(JSON.stringify(cross).replace(/"fast"/g, '"quick"')), []],
        ["the order of conditions", changed((one) => one.entry.conditions.reverse()), []],
        ["an operator", changed((one) => (one.exit.conditions[0]!.op = "lt")), [
            "changed: Sell: SMA(10) crosses below SMA(30) became SMA(10) is below SMA(30)",
        ]],
        ["a condition more", changed((one) => one.exit.conditions.push({ left: { price: "close" }, op: "lt", right: { literal: -1 } } as never)), [
            "added: Sell: the close is below \u22121",
        ]],
        ["a condition less", changed((one) => one.entry.conditions.pop()), ["removed: Buy: the close is above 12.5"]],
        ["a stop", changed((one) => (one.risk.stop_loss.value = 3)), ["changed: Stop loss 2% became 3%"]],
        ["no target", changed((one) => delete (one.risk as { take_profit?: unknown }).take_profit), ["removed: Take profit 4%"]],
        ["an indicator more", changed((one) => one.indicators.push({ id: "r", type: "RSI", params: { period: 14 }, source: "low" })), [
            "added: Indicator RSI(14) of low",
        ]],
    ];
    for (const [name, after, expected] of cases)
        assert.deepEqual(differences(tree, readDefinition(after)).map((one) => `${one.kind}: ${one.text}`), expected, name);
});

test("every template has its own name, a source and two ways to fail", () => {
    assert.equal(new Set(templates.map((one) => one.name)).size, templates.length);
    for (const { name, source, fails, definition } of templates) {
        assert.match(source, /\(\d{4}\)/, name);
        for (const sentence of fails) assert.match(sentence, /^.{40,}\.$/, name);
        assert.deepEqual([...typingFaults(readDefinition(definition), catalog)], [], name);
    }
});

test("signals are marked by turns, and values spread over all bars", () => {
    const times = [10, 20, 30, 40, 50, 60];
    const cases: readonly [readonly number[], readonly number[], string][] = [
        [[], [], ""],
        [[20, 30], [], "1 buy"],
        [[], [20, 30], ""],
        [[20, 30, 50], [20, 40, 60], "1 buy, 3 sell, 4 buy, 5 sell"],
        [[20], [20], "1 buy"],
        [[20, 50], [10, 30, 40], "1 buy, 2 sell, 4 buy"],
        [[15], [20], ""],
    ];
    for (const [buys, sells, expected] of cases)
        assert.equal(turns(times, buys, sells).map(({ index, side }) => `${index} ${side}`).join(", "), expected);
    assert.deepEqual([...spread(times, [20, 40, 45, 60], [1, null, 9, 3])], [NaN, 1, NaN, NaN, NaN, 3]);
    assert.deepEqual(levelsOf(tree, "fast"), []);
    const rsi = readDefinition(templates.find((one) => one.name === "rsi-dip")!.definition);
    assert.deepEqual(levelsOf(rsi, "rsi"), [30, 60]);
});
