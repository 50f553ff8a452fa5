/* Tests/AppTests/FileNameTests.swift has the server's of the same rule, with the same cases. */
import assert from "node:assert/strict";
import test from "node:test";
import { fileName, runFileName } from "../../../Sources/Web/src/lib/file-name";

const days = { startDate: Date.UTC(2015, 0, 2) / 1000, endDate: Date.UTC(2024, 11, 31) / 1000 };
const run = { symbol: "NVDA", timeframe: "1d", ...days, versionNumber: 2 };

test("files are called by what they hold", () => {
    const table: readonly [string, string][] = [
        ["Dip buyer", "nvda-1d-2015-01-02-2024-12-31-dip-buyer-v2-equity.csv"],
        ["  Golden cross: 50/200! ", "nvda-1d-2015-01-02-2024-12-31-golden-cross-50-200-v2-equity.csv"],
        ["../../etc/passwd", "nvda-1d-2015-01-02-2024-12-31-etc-passwd-v2-equity.csv"],
        ['a"b\r\nX: y;c', "nvda-1d-2015-01-02-2024-12-31-a-b-x-y-c-v2-equity.csv"],
        ["!?", "nvda-1d-2015-01-02-2024-12-31-v2-equity.csv"],
        ["Ünïted", "nvda-1d-2015-01-02-2024-12-31-ünïted-v2-equity.csv"],
        ["金 buy", "nvda-1d-2015-01-02-2024-12-31-金-buy-v2-equity.csv"],
        ["🚀 rocket\u202E", "nvda-1d-2015-01-02-2024-12-31-rocket-v2-equity.csv"],
        ["हिन्दी", "nvda-1d-2015-01-02-2024-12-31-हिन्दी-v2-equity.csv"],
    ];
    for (const [strategyName, name] of table) assert.equal(runFileName({ ...run, strategyName }, "equity", "csv"), name);
    assert.equal(fileName(["金", "strategy"], "json"), "金-strategy.json");
    assert.equal(fileName(["!", "strategy"], "json"), "strategy.json");
});

test("no name is longer than a file's may be", () => {
    const name = runFileName({ ...run, symbol: "A.".repeat(16), strategyName: "𝒜".repeat(255), versionNumber: 2_147_483_647 }, "equity", "csv");
    assert.ok(new TextEncoder().encode(name).length <= 255);
    assert.match(name, /^a-a-.*-v2147483647-equity\.csv$/);
    assert.equal(fileName([`${"a".repeat(39)} b`], "csv"), `${"a".repeat(39)}.csv`, "a cut leaves no dash");
});
