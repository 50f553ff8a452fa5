import assert from "node:assert/strict";
import test from "node:test";
import { keepSymbol, symbolKept } from "../../../Sources/Web/src/lib/in-mind";

function tab(): { place: Pick<Storage, "getItem" | "setItem" | "removeItem">; kept: Map<string, string> } {
    const kept = new Map<string, string>();
    const place = {
        getItem: (name: string) => kept.get(name) ?? null,
        setItem: (name: string, text: string) => void kept.set(name, text),
        removeItem: (name: string) => void kept.delete(name),
    };
    return { place, kept };
}

test("what a visitor came for goes along with whoever signs in", () => {
    const { place } = tab();
    keepSymbol(place, null, "NVDA");
    assert.equal(symbolKept(place, "anna"), "NVDA");
    keepSymbol(place, "anna", "AAPL");
    assert.equal(symbolKept(place, "anna"), "AAPL");
});

test("what a user came for is no other\u2019s, and no visitor\u2019s", () => {
    const { place } = tab();
    keepSymbol(place, null, "NVDA");
    keepSymbol(place, "anna", "AAPL");
    assert.equal(symbolKept(place, "ben"), null);
    assert.equal(symbolKept(place, null), null);
    keepSymbol(place, "ben", "MSFT");
    assert.equal(symbolKept(place, "anna"), "AAPL");
});

test("what they came for is done wherever it was kept", () => {
    const { place, kept } = tab();
    keepSymbol(place, "anna", "AAPL");
    keepSymbol(place, null, "NVDA");
    keepSymbol(place, "anna", null);
    assert.equal(symbolKept(place, "anna"), null);
    assert.equal(kept.size, 0);
});
