import assert from "node:assert/strict";
import test from "node:test";
import {
    ageInWords,
    axisTime,
    barTime,
    dayOfClose,
    isoDay,
    isStale,
    monthsBefore,
    parseDay,
    parseTime,
    setClock,
    tableTime,
    writtenMonth,
    writtenTime,
    zoneInWords,
    zoneName,
} from "../../../Sources/Web/src/lib/time";

test("a day is typed with spaces around it, and never with a time", () => {
    assert.equal(parseDay(" 2023-09-21 "), parseTime("2023-09-21"));
    for (const text of ["", "2020-0", "2023-02-30", "2023-09-21T00:00:00Z", "2023-9-21"])
        assert.equal(parseDay(text), null, text);
});

const at = (text: string): number => parseTime(text)!;

test("days and hours are read strictly", () => {
    assert.equal(parseTime("1970-01-02"), 86_400);
    assert.equal(parseTime("1970-01-01T01:00:00Z"), 3_600);
    assert.equal(parseTime("1970-01-01T01:00:00.000Z"), 3_600);
    for (const wrong of [
        "",
        "2023-02-30",
        "2023-13-01",
        "2023-1-1",
        "2023-01-01T24:00:00Z",
        "2023-01-01T00:00:00",
        "x",
    ]) {
        assert.equal(parseTime(wrong), null, wrong);
    }
});

test("a daily bar is its date, an hourly one has its zone, whatever zone the reader is in", () => {
    assert.equal(writtenTime(at("2023-09-21"), "1d"), "21 Sep 2023");
    assert.equal(writtenTime(at("2019-10-01T00:00:00Z"), "1h"), "1 Oct 2019 00:00 UTC");
    assert.equal(tableTime(at("2023-09-21"), "1d"), "2023-09-21");
    assert.equal(tableTime(at("2019-10-01T23:00:00Z"), "1h"), "2019-10-01 23:00");
});

test("hours are told by the reader's own clock where they want it so, and days stay days", () => {
    // The tests run in these two zones, whose winters are half a year apart.
    const [written, table, winter, inWinter, name] =
        process.env["TZ"] === "Pacific/Auckland"
            ? ["1 Oct 2019 13:00 UTC+13", "2019-10-01 13:00", "2020-07-01", "1 Jul 2020 12:00 UTC+12", "Auckland"]
            : [
                  "30 Sep 2019 17:00 UTC\u22127",
                  "2019-09-30 17:00",
                  "2020-01-01",
                  "31 Dec 2019 16:00 UTC\u22128",
                  "Los Angeles",
              ];
    try {
        setClock("own");
        assert.equal(writtenTime(at("2019-10-01T00:00:00Z"), "1h"), written);
        assert.equal(tableTime(at("2019-10-01T00:00:00Z"), "1h"), table);
        assert.equal(writtenTime(at(winter), "1h"), inWinter);
        assert.equal(zoneName(), name);
        assert.equal(zoneInWords(), `${name} time`);
        assert.equal(writtenTime(at("2023-09-21"), "1d"), "21 Sep 2023");
        assert.equal(tableTime(at("2023-09-21"), "1d"), "2023-09-21");
    } finally {
        setClock("utc");
    }
    assert.equal(zoneName(), "UTC");
    assert.equal(zoneInWords(), "UTC");
    assert.equal(zoneName("own"), name);
});

test("the hour that is repeated when summer time ends is told twice, with another zone each time", () => {
    const [moments, hour, written] =
        process.env["TZ"] === "Pacific/Auckland"
            ? [["2019-04-06T13:30:00Z", "2019-04-06T14:30:00Z"], "2019-04-07 02:30", "7 Apr 2019 02:30 UTC+1"]
            : [["2019-11-03T08:30:00Z", "2019-11-03T09:30:00Z"], "2019-11-03 01:30", "3 Nov 2019 01:30 UTC\u2212"];
    const zones = process.env["TZ"] === "Pacific/Auckland" ? ["3", "2"] : ["7", "8"];
    try {
        setClock("own");
        for (const [index, moment] of moments!.entries()) {
            assert.equal(tableTime(at(moment), "1h"), hour);
            assert.equal(writtenTime(at(moment), "1h"), `${written}${zones[index]}`);
            assert.equal(barTime(at(moment), "1h"), moment);
        }
    } finally {
        setClock("utc");
    }
});

test("an axis tells hours, and days too where they begin at another hour than midnight", () => {
    const midnight = at("2019-11-08");
    assert.equal(axisTime(midnight, true), null);
    assert.equal(axisTime(at("2019-11-08T05:00:00Z"), false), "05:00");
    const [day, hour] =
        process.env["TZ"] === "Pacific/Auckland" ? ["8 Nov 13:00", "18:00"] : ["7 Nov 16:00", "21:00"];
    try {
        setClock("own");
        assert.equal(axisTime(midnight, true), day);
        assert.equal(axisTime(at("2019-11-08T05:00:00Z"), false), hour);
    } finally {
        setClock("utc");
    }
});

test("a month is written as in a day", () => {
    assert.equal(writtenMonth(parseTime("2026-11-03")!), "Nov 2026");
});

test("months back end on the last day of a shorter month", () => {
    assert.equal(monthsBefore(at("2023-03-31"), 1), at("2023-02-28"));
    assert.equal(monthsBefore(at("2024-03-31"), 1), at("2024-02-29"));
    assert.equal(monthsBefore(at("2023-01-15"), 12), at("2022-01-15"));
    assert.equal(monthsBefore(at("2019-10-01T05:00:00Z"), 1), at("2019-09-01T05:00:00Z"));
});

test("days before 1970, and of any year with four digits, are days like others", () => {
    assert.equal(parseTime("1969-12-31T23:00:00Z"), -3_600);
    for (const day of ["0001-01-01", "0099-12-31", "1800-02-28", "1927-12-31", "2200-01-01", "9999-12-31"]) {
        assert.equal(tableTime(at(day), "1d"), day);
    }
    assert.equal(parseTime("1900-02-29"), null);
    assert.equal(writtenTime(at("1927-01-03"), "1d"), "3 Jan 1927");
    assert.equal(tableTime(at("1800-01-01T05:00:00Z"), "1h"), "1800-01-01 05:00");
    assert.equal(monthsBefore(at("1929-10-29T05:00:00Z"), 1), at("1929-09-29T05:00:00Z"));
    assert.equal(monthsBefore(at("0050-03-31"), 1), at("0050-02-28"));
});

test("an age is told in the unit that fits", () => {
    const now = at("2023-09-21");
    assert.equal(ageInWords(at("2023-09-21"), now), "today");
    assert.equal(ageInWords(at("2023-09-20"), now), "1 day ago");
    assert.equal(ageInWords(at("2023-01-21"), now), "7 months ago");
    assert.equal(ageInWords(at("2020-09-01"), now), "3 years ago");
});

test("prices are stale a week after the end of their last bar", () => {
    const now = at("2023-09-21");
    assert.equal(isStale(at("2023-09-14"), "1d", now), false);
    assert.equal(isStale(at("2023-09-12"), "1d", now), true);
    assert.equal(isStale(at("2023-09-13T22:00:00Z"), "1h", now), true);
});

test("a close at midnight is of the day that ends with it", () => {
    for (const [moment, day] of [
        ["2019-10-01T00:00:00Z", "2019-09-30"],
        ["2019-10-01T01:00:00Z", "2019-10-01"],
        ["2023-09-21T20:00:00Z", "2023-09-21"],
    ] as const)
        assert.equal(isoDay(dayOfClose(at(moment))), day);
});
