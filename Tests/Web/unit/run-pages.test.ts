import assert from "node:assert/strict";
import test from "node:test";
import { olderThan, type Page, withNewest } from "../../../Sources/Web/src/lib/run-pages";

interface Row {
    readonly id: string;
}
const rows = (text: string): Row[] => [...text].map((id) => ({ id }));
const text = (all: readonly Row[]): string => all.map(({ id }) => id).join("");

test("a first page that is read anew leaves no gap to what is known", () => {
    const table: readonly [known: string, newest: string, hasMore: boolean, expected: string][] = [
        ["", "abc", true, "abc"],
        ["abc", "abc", true, "abc"],
        // One is new: the last of the page before stays.
        ["abcdef", "nab", true, "nabcdef"],
        ["abc", "nab", true, "nabc"],
        // One of the known is deleted.
        ["abcdef", "acd", true, "acdef"],
        ["abcdef", "ab", false, "ab"],
        // More came than a page holds.
        ["abcdef", "xyz", true, "xyz"],
    ];
    for (const [known, newest, hasMore, expected] of table)
        assert.equal(text(withNewest(rows(known), { runs: rows(newest), hasMore })), expected, `${known} ${newest}`);
});

test("older runs follow the last known one, whatever has happened above it", async () => {
    const size = 3;
    const older = async (known: string, stored: string): Promise<Page<Row>> =>
        olderThan(rows(known), size, async (offset) => ({
            runs: rows(stored.slice(offset, offset + size)),
            hasMore: offset + size < stored.length,
        }));
    const table: readonly [known: string, stored: string, expected: string, hasMore: boolean][] = [
        ["abc", "abcdefg", "de", true],
        ["abc", "abc", "", false],
        ["abc", "xabcdef", "d", true],
        ["abc", "xyzabcdef", "de", true],
        ["abc", "wxyzabcdefg", "d", true],
        ["abcdef", "fgh", "gh", false],
        ["abcdef", "acegh", "gh", false],
        ["abc", "xy", "xy", false],
    ];
    for (const [known, stored, expected, hasMore] of table) {
        const found = await older(known, stored);
        assert.deepEqual([text(found.runs), found.hasMore], [expected, hasMore], `${known} in ${stored}`);
    }
});
