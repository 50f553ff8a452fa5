/* A chart as a picture: what the library drew, on the surface of the theme, under its name and its legends. */
import { figureAt, written } from "./figures";
import { colourIn, type Look } from "./look";
import type { Pane } from "./model";

interface Caption {
    readonly title: string;
    readonly detail: string;
    readonly panes: readonly Pane[];
    /** Where each pane begins, in CSS pixels. */
    readonly tops: readonly number[];
    /** The bar whose figures stand in the legends. */
    readonly index: number;
}

const head = 44;
const edge = 12;
const family = "Inter, system-ui, sans-serif";

export function picture(drawn: HTMLCanvasElement, look: Look, caption: Caption): Promise<Blob> {
    const scale = window.devicePixelRatio || 1;
    const canvas = document.createElement("canvas");
    canvas.width = drawn.width;
    canvas.height = drawn.height + Math.round(head * scale);
    const context = canvas.getContext("2d")!;
    context.fillStyle = look.surface;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(drawn, 0, Math.round(head * scale));
    context.scale(scale, scale);
    context.textBaseline = "middle";
    const write = (text: string, x: number, y: number, font: string, colour: string): number => {
        context.font = `${font} ${family}`;
        context.fillStyle = colour;
        context.fillText(text, x, y);
        return x + context.measureText(text).width;
    };
    const end = write(caption.title, edge, head / 2, "600 15px", look.ink);
    write(caption.detail, end + edge, head / 2, "12px", look.text);
    caption.panes.forEach((pane, position) => {
        const y = head + (caption.tops[position] ?? 0) + edge;
        let x = write(pane.label, edge, y, "600 12px", look.ink);
        for (const series of pane.series) {
            if (series.kind !== "line" && series.kind !== "area") continue;
            context.fillStyle = colourIn(look, series.colour);
            context.fillRect(x + edge, y - 1.5, 10, 3);
            const name = `${series.name} ${written(figureAt(series, caption.index), pane, series)}`;
            x = write(name, x + edge + 15, y, "12px", look.text);
        }
    });
    return new Promise((done, fail) =>
        canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("The picture could not be drawn."))), "image/png"),
    );
}
