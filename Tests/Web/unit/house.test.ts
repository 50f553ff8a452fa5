import assert from "node:assert/strict";
import test from "node:test";
import { invalidate, onInvalidated, peek, remember, remembered } from "../../../Sources/Web/src/api/cache";
import { tableToCSV } from "../../../Sources/Web/src/lib/csv";
import { keyName, keyPressed, type KeyState, noKeys } from "../../../Sources/Web/src/lib/keys";
import { matches } from "../../../Sources/Web/src/lib/search-text";
import { filtered, paged, sorted } from "../../../Sources/Web/src/lib/table";

const bare = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

test("keys have one name, whichever way they are held", () => {
    const table: readonly [object, string][] = [
        [{ key: "g" }, "g"],
        [{ key: "?", shiftKey: true }, "?"],
        [{ key: "s", ctrlKey: true }, "Ctrl+S"],
        [{ key: "s", metaKey: true }, "Ctrl+S"],
        [{ key: "Z", ctrlKey: true, shiftKey: true }, "Ctrl+Shift+Z"],
        [{ key: "ArrowUp", altKey: true }, "Alt+ArrowUp"],
    ];
    for (const [event, name] of table) assert.equal(keyName({ key: "", ...bare, ...event }), name);
});

test("a sequence of keys runs its command, and nothing does while somebody types", () => {
    const bindings = [
        { keys: "g s", index: 0 },
        { keys: "n", index: 1 },
        { keys: "Ctrl+K", index: 2 },
    ];
    const after = (keys: string, isTyping = false): (number | null)[] => {
        let state: KeyState = noKeys;
        return [...keys].map((key) => {
            const found = keyPressed(state, { key, ...bare }, isTyping, bindings);
            state = found.state;
            return found.index;
        });
    };
    assert.deepEqual(after("gs"), [null, 0]);
    assert.deepEqual(after("gn"), [null, 1], "what follows a beginning may be a command itself");
    assert.deepEqual(after("ggs"), [null, null, 0]);
    assert.deepEqual(after("s"), [null]);
    assert.deepEqual(after("gsn", true), [null, null, null]);
    assert.equal(keyPressed(noKeys, { key: "k", ...bare, ctrlKey: true }, true, bindings).index, 2);
});

test("rows are sorted by value, equal ones stay as they are, missing ones are last both ways", () => {
    const rows = [
        { name: "v10", figure: 2 },
        { name: "v2", figure: null },
        { name: "V1", figure: 2 },
        { name: "b", figure: -1 },
        { name: "a", figure: NaN },
    ];
    const by = (key: "name" | "figure", isDescending: boolean): string[] =>
        sorted(rows, (row) => row[key], isDescending).map(({ name }) => name);
    assert.deepEqual(by("figure", true), ["v10", "V1", "b", "v2", "a"]);
    assert.deepEqual(by("figure", false), ["b", "v10", "V1", "v2", "a"]);
    assert.deepEqual(by("name", false), ["a", "b", "V1", "v2", "v10"]);
});

test("rows are found by every word, in whatever column it stands", () => {
    const rows = [
        { name: "Golden cross", symbol: "NVDA" },
        { name: "Dip", symbol: "AAPL" },
    ];
    const values = [(row: { name: string }) => row.name, (row: { symbol: string }) => row.symbol] as never;
    assert.deepEqual(filtered(rows, values, " nvda CROSS "), [rows[0]]);
    assert.deepEqual(filtered(rows, values, ""), rows);
    assert.deepEqual(filtered(rows, values, "nvda dip"), []);
    assert.ok(matches("Dip on AAPL", "aapl dip"));
    assert.ok(!matches("Dip on AAPL", "aapl rip"));
});

test("pages stay within what there is", () => {
    const rows = [1, 2, 3, 4, 5];
    assert.deepEqual(paged(rows, 2, 2), { rows: [3, 4], page: 2, pages: 3 });
    assert.deepEqual(paged(rows, 9, 2), { rows: [5], page: 3, pages: 3 });
    assert.deepEqual(paged([], 1, 2), { rows: [], page: 1, pages: 1 });
    // More rows are to come behind these.
    assert.deepEqual(paged(rows, 4, 2, 9), { rows: [], page: 4, pages: 5 });
    assert.deepEqual(paged(rows, 3, 2, 9), { rows: [5], page: 3, pages: 5 });
});

test("a file of rows quotes what has to be, and no text of it is a formula", () => {
    const rows = [
        ['=cmd|"x"', 0.1, null],
        ["a,b", -5, NaN],
        ["line\nend", 1e-7, 1e21],
    ];
    const text = tableToCSV(["Name", "Figure", "More"], rows);
    assert.equal(
        text,
        'Name,Figure,More\r\n"\'=cmd|""x""",0.1,\r\n"a,b",-5,\r\n"line\nend",0.0000001,1000000000000000000000\r\n',
    );
});

test("an answer is kept until a change makes it stale, and whoever shows it hears so", async () => {
    let count = 0;
    const load = async (): Promise<number> => ++count;
    assert.equal(await remembered("things/1", load), 1);
    assert.equal(await remembered("things/1", load), 1);
    assert.deepEqual(peek("things/1"), { value: 1 });
    const heard: string[] = [];
    const end = onInvalidated((prefix) => heard.push(prefix));
    invalidate("thing");
    assert.equal(await remembered("things/1", load), 1, "another word is no prefix");
    invalidate("things");
    assert.equal(peek("things/1"), null);
    assert.equal(await remembered("things/1", load), 2);
    end();
    invalidate("things/1");
    assert.deepEqual(heard, ["thing", "things"]);
    remember("things/2", 7);
    assert.deepEqual(peek("things/2"), { value: 7 });
});

test("a failure is not kept", async () => {
    await assert.rejects(remembered("failing", () => Promise.reject(new Error("no"))));
    assert.equal(await remembered("failing", async () => 3), 3);
});
