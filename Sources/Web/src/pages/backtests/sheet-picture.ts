/* The same sheet as one picture, in the colours of the page: drawn from the data, whatever the screen shows. */
import { monthReturn, tintOf } from "../../lib/results/periods";
import type { Plot } from "../../lib/results/plot";
import { maximumYears, plotsOf, type Sheet } from "../../lib/results/sheet";
import { monthNames } from "../../lib/time";
import { colourIn, type Look, readLook } from "../../ui/chart/look";
import { Pen } from "./pen";

const width = 1_200;
const edge = 48;
const inner = width - 2 * edge;
const gap = 32;

export function sheetPicture(sheet: Sheet): Promise<Blob> {
    const look = readLook(document.body);
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d")!;
    // Once to see how tall it becomes: texts take as many lines as they need.
    canvas.width = width;
    canvas.height = draw(new Pen(context), sheet, look);
    context.fillStyle = look.surface;
    context.fillRect(0, 0, canvas.width, canvas.height);
    draw(new Pen(context), sheet, look);
    return new Promise((done, fail) =>
        canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("The picture could not be drawn."))), "image/png"),
    );
}

/** Draws all of it from the top; how far down it came. */
function draw(pen: Pen, sheet: Sheet, look: Look): number {
    let y = edge;
    pen.write("BitStockerz", width - edge, y + 18, { size: 18, colour: look.text, align: "right", isBold: true });
    y = pen.wrap(sheet.title, edge, y, inner - 160, { size: 34, colour: look.ink, isBold: true }, 2);
    y = pen.wrap(sheet.detail, edge, y + 4, inner, { size: 18, colour: look.text }, 2) + gap;
    y = answers(pen, sheet, look, y) + gap;
    y = figures(pen, sheet, look, y) + gap;
    if (sheet.equity.times.length > 0) y = curves(pen, sheet, look, y) + gap;
    if (sheet.years.length > 0) y = (sheet.years.length > maximumYears ? years : months)(pen, sheet, look, y) + gap;
    y = pen.wrap(sheet.assumptions.join(" "), edge, y, inner, { size: 15, colour: look.text }, 8) + 8;
    for (const hash of sheet.hashes) y = pen.wrap(hash, edge, y, inner, { size: 13, colour: look.text }, 1);
    return Math.ceil(y + edge);
}

function answers(pen: Pen, { outcome, verdict }: Sheet, look: Look, top: number): number {
    const column = (inner - gap) / 2;
    const told = [
        ...(outcome ? [{ question: "Did it work?", ...outcome }] : []),
        ...(verdict ? [{ question: "Could it be luck?", ...verdict, text: `${verdict.text} ${verdict.tried}` }] : []),
    ];
    const bottoms = told.map(({ question, title, text }, place) => {
        const x = edge + place * (column + gap) + 18;
        let y = pen.wrap(question, x, top, column - 18, { size: 16, colour: look.text }, 1);
        y = pen.wrap(title, x, y, column - 18, { size: 25, colour: look.ink, isBold: true }, 2);
        return pen.wrap(text, x, y + 4, column - 18, { size: 18, colour: look.ink }, 12);
    });
    const bottom = Math.max(top, ...bottoms);
    told.forEach((_, place) => pen.box(edge + place * (column + gap), top, 4, bottom - top, look.crosshair));
    return bottom;
}

function figures(pen: Pen, sheet: Sheet, look: Look, top: number): number {
    const across = 4;
    const tall = 98;
    sheet.figures.forEach(({ figure, value, detail, tone }, place) => {
        const x = edge + ((place % across) * inner) / across;
        const y = top + Math.floor(place / across) * tall;
        const room = inner / across - 12;
        pen.wrap(figure.label, x, y, room, { size: 16, colour: look.text }, 1);
        const colour = tone === "up" ? look.buy : tone === "down" ? look.sell : look.ink;
        pen.wrap(value, x, y + 23, room, { size: 28, colour, isBold: true }, 1);
        pen.wrap(detail, x, y + 61, room, { size: 16, colour: look.text }, 1);
    });
    return top + Math.ceil(sheet.figures.length / across) * tall - 14;
}

const [axis, tall, flat, apart] = [76, 320, 110, 90];

function curves(pen: Pen, sheet: Sheet, look: Look, top: number): number {
    const across = inner - axis;
    const [equity, falls] = plotsOf(sheet, { width: across, height: tall }, { width: across, height: flat }, apart);
    const [own, held] = [colourIn(look, 4), look.text];
    let x = edge;
    for (const [name, colour] of [["Equity", own], ["Holding", held], ["Drawdown of the equity", look.down]] as const) {
        pen.box(x, top + 10, 16, 4, colour);
        x = pen.write(name, x + 24, top + 18, { size: 16, colour: look.ink }) + 28;
    }
    const first = top + 36;
    lines(pen, equity, look, first, [held, own]);
    const second = first + tall + 30;
    lines(pen, falls, look, second, [look.down]);
    for (const { at, label } of falls.times)
        pen.write(label, edge + at, second + flat + 24, { size: 15, colour: look.text, align: "center" });
    return second + flat + 28;
}

function lines(pen: Pen, plot: Plot, look: Look, top: number, colours: readonly string[]): void {
    for (const { at, label } of plot.levels) {
        pen.box(edge, top + at, inner - axis, 1, look.border);
        pen.write(label, width - edge, top + at + 5, { size: 15, colour: look.text, align: "right" });
    }
    plot.lines.forEach((points, place) =>
        pen.line(points.map(([x, y]) => [edge + x, top + y] as const), colours[place]!, 2),
    );
}

const row = 28;
const tints = [0, 0.09, 0.18, 0.28, 0.38] as const;

function months(pen: Pen, { years: found }: Sheet, look: Look, top: number): number {
    const tint = tintOf(found);
    const first = 90;
    const column = (inner - first) / 13;
    const right = (place: number): number => edge + first + (place + 1) * column - 8;
    const small = { size: 15, colour: look.text } as const;
    pen.write("Returns, %", edge, top + 20, small);
    [...monthNames, "Year"].forEach((name, place) => pen.write(name, right(place), top + 20, { ...small, align: "right" }));
    found.forEach(({ year, months: all, whole }, line) => {
        const y = top + (line + 1) * row;
        pen.write(String(year), edge, y + 20, small);
        all.forEach((value, place) => {
            const { way, strength } = tint(value);
            if (way) pen.box(edge + first + place * column, y, column, row, look[way], tints[strength]!);
            pen.write(monthReturn(value), right(place), y + 20, { size: 15, colour: look.ink, align: "right" });
        });
        const colour = whole > 0 ? look.buy : whole < 0 ? look.sell : look.ink;
        pen.write(monthReturn(whole), right(12), y + 20, { size: 15, colour, align: "right", isBold: true });
    });
    return top + (found.length + 1) * row;
}

function years(pen: Pen, { years: found }: Sheet, look: Look, top: number): number {
    const across = 10;
    const tallRow = 52;
    [...found].reverse().forEach(({ year, whole }, place) => {
        const x = edge + ((place % across) * inner) / across;
        const y = top + Math.floor(place / across) * tallRow;
        pen.write(String(year), x, y + 18, { size: 15, colour: look.text });
        const colour = whole > 0 ? look.buy : whole < 0 ? look.sell : look.ink;
        pen.write(`${monthReturn(whole)}%`, x, y + 40, { size: 17, colour, isBold: true });
    });
    return top + Math.ceil(found.length / across) * tallRow;
}
