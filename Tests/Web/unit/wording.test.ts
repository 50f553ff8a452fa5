/* One name for one thing, on every page. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { verdictWords } from "api-types";
import { indicatorName } from "../../../Sources/Web/src/lib/definition/names";
import type { IndicatorNode } from "../../../Sources/Web/src/lib/definition/tree";
import { inSentence, kindName } from "../../../Sources/Web/src/lib/kinds";
import { overlayName } from "../../../Sources/Web/src/lib/overlays";
import { figureOf, figures } from "../../../Sources/Web/src/lib/results/figures";
import { verdictTitles } from "../../../Sources/Web/src/lib/results/verdict";

const source = fileURLToPath(new URL("../../../Sources/Web/src", import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => ({ name, text: readFileSync(join(source, name), "utf8") }));

/** Names that a figure or a control had before, or has elsewhere. */
const others: readonly RegExp[] = [
    /deepest fall/i,
    /largest drawdown/i,
    /maximum drawdown/i,
    /title: "Drawdown"/,
    /title: "Sharpe"/,
    /return a year/i,
    /volatility a year/i,
    /no luck, /i,
    /could be luck"/i,
    /put first</,
    /save as picture/i,
    /proposed costs/i,
    /what you will know it by/i,
    // A Sharpe ratio above chance may be the market's alone.
    /(real|true) skill/i,
    /is there skill/i,
];

test("figures and controls have one name", () => {
    assert.ok(files.length > 100);
    for (const { name, text } of files)
        for (const other of others) assert.doesNotMatch(text, other, `${name} has a name of its own for it`);
    assert.equal(new Set(figures.map(({ label }) => label)).size, figures.length);
    assert.equal(figureOf("maxDrawdownPct").label, "Max drawdown");
    assert.equal(figureOf("cagrPct").label, "Annual return");
    assert.equal(figureOf("dsr").label, "Chance its Sharpe ratio beats luck, all tries (DSR)");
    for (const { label, explain } of figures) assert.doesNotMatch(`${label} ${explain}`, /skill/i);
});

test("a figure's name is written where the figure is", () => {
    const table = join("lib", "results", "figures.ts");
    // Names that are no everyday words.
    const own = figures.map(({ label }) => label).filter((label) => / /.test(label));
    for (const { name, text } of files) {
        if (name === table || name === join("pages", "parts.tsx")) continue;
        for (const label of own) assert.ok(!text.includes(`"${label}"`), `${name} says "${label}" itself`);
    }
});

test("days are written in one place", () => {
    const writing = /toISOString|toLocale\w*String|DateTimeFormat/;
    for (const { name, text } of files)
        if (name !== join("lib", "time.ts")) assert.doesNotMatch(text, writing, `${name} writes days itself`);
});

test("kinds of symbols and bars have their words in one place", () => {
    const own = /"(daily|hourly|stock)"|[aA]ssetType\.toLowerCase|>\{(\w+\.)*(interval|timeframe)\}</i;
    for (const { name, text } of files)
        if (name !== join("lib", "kinds.ts")) assert.doesNotMatch(text, own, `${name} has words of its own for kinds`);
    assert.equal(kindName("EQUITY", "1d"), "Stock, Daily");
    assert.equal(inSentence("1h"), "hourly");
});

test("an indicator is called the same on charts and in sentences", () => {
    for (const source of ["close", "high"] as const) {
        const params = { period: "14" };
        const told = indicatorName({ key: "k", id: "r", type: "RSI", params, source } as IndicatorNode);
        assert.equal(overlayName({ type: "rsi", period: 14, source }), told);
        assert.equal(told, source === "close" ? "RSI(14)" : "RSI(14) of high");
    }
});

test("one is no plural", () => {
    const plural = /\$\{(whole\()?[\w.]*([cC]ount|length|[nN]umber)\)?\} (bar|trade|day|symbol|run|version|result|strateg|finding|variant)(s|ies)\b/;
    for (const { name, text } of files) assert.doesNotMatch(text, plural, `${name} says "1 bars"`);
});

test("every verdict has a title, and About takes it from there", () => {
    const about = files.find(({ name }) => name === join("pages", "about.tsx"))!;
    for (const verdict of verdictWords) {
        assert.ok(verdictTitles[verdict].length > 0);
        assert.ok(!about.text.includes(verdictTitles[verdict]));
    }
});
