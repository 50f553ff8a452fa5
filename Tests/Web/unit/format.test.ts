import assert from "node:assert/strict";
import test from "node:test";
import {
    adjustmentInWords,
    columnDigits,
    columnPriceDigits,
    compact,
    compactFixed,
    counted,
    decimal,
    money,
    priceDigits,
    shortened,
    signedPercent,
    unturned,
} from "../../../Sources/Web/src/lib/format";

test("numbers have thousands separators, fixed digits and a true minus", () => {
    assert.equal(decimal(9171.1, 2), "9,171.10");
    assert.equal(decimal(-1.5, 2), "\u22121.50");
    assert.equal(decimal(-0.001, 2), "0.00");
    assert.equal(compact(560_518_000), "560.52M");
    assert.deepEqual([53e6, 60.9e6, 63_054_321, 122.89, 0].map(compactFixed), ["53.00M", "60.90M", "63.05M", "122.89", "0.00"]);
});

test("a name turns nothing round that stands beside it", () => {
    assert.equal(unturned("Delete \u201Cturned \u202Eround\u2067\u201D?"), "Delete \u201Cturned round\u201D?");
    // Letters that are written from the right, and what joins letters, stay.
    assert.equal(unturned("\u05D0\u05D1 \u200D"), "\u05D0\u05D1 \u200D");
});

test("a percent has its sign, and none when it rounds to nothing", () => {
    assert.equal(signedPercent(0.0123), "+1.23%");
    assert.equal(signedPercent(-0.0089), "\u22120.89%");
    assert.equal(signedPercent(0), "0.00%");
    assert.equal(signedPercent(0.00001), "0.00%");
    assert.equal(signedPercent(-0.00001), "0.00%");
});

test("a small price is shown with digits that say something", () => {
    assert.deepEqual([173.93, 1, 0.25, 0.0123, 0.0000012, 0, NaN].map(priceDigits), [2, 2, 4, 5, 9, 2, 2]);
});

test("all figures of a column have as many digits as the one that needs most", () => {
    assert.deepEqual([[], [173.9, 12], [1.02, 0.98], [0.0123, 4]].map(columnPriceDigits), [2, 2, 4, 5]);
    assert.deepEqual([[], [100, 7], [1.5, 2, 0.25], [0.1 + 0.2], [1 / 3, 0]].map(columnDigits), [0, 0, 2, 1, 8]);
});

test("an adjustment is told in words, one this page does not know as it is", () => {
    assert.equal(adjustmentInWords("split"), "adjusted for splits");
    assert.equal(adjustmentInWords("some_other"), "some other");
});

test("one bar, several bars", () => {
    assert.equal(counted(1, "bar"), "1 bar");
    assert.equal(counted(2699, "bar"), "2,699 bars");
    assert.equal(counted(3, "strategy"), "3 strategies");
    assert.equal(counted(1, "strategy"), "1 strategy");
});

test("an amount has its currency, its cents and a true minus", () => {
    assert.equal(money("100000.00", "USD"), "$100,000.00");
    assert.equal(money("-12.50", "USD"), "\u2212$12.50");
});

test("a column tells figures of very many digits in short, and no others", () => {
    assert.equal(shortened(money("12345678901234.56", "USD"), 12345678901234.56), "$12.35T");
    assert.equal(shortened(money("-1234567890123456.78", "USD"), -1234567890123456.78), "\u2212$1,234.57T");
    assert.equal(shortened("+1,234,567,890.12%", 1234567890.12), "+1.23B%");
    assert.equal(shortened(money("999999999.99", "USD"), 999999999.99), "$999,999,999.99");
});
