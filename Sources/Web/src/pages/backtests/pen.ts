/* Writes and draws on a canvas, in the page's own type. */
import type { Point } from "../../lib/results/plot";
import { wrapped } from "../../lib/results/wrap";

export interface Ink {
    readonly size: number;
    readonly colour: string;
    readonly align?: "left" | "center" | "right";
    readonly isBold?: boolean;
}

const family = "Inter, system-ui, sans-serif";
const lineHeight = 1.42;

export class Pen {
    constructor(private readonly context: CanvasRenderingContext2D) {}

    /** One line that stands on `y`; where it ends. */
    write(text: string, x: number, y: number, ink: Ink): number {
        this.take(ink);
        this.context.textAlign = ink.align ?? "left";
        this.context.fillText(text, x, y);
        return x + this.context.measureText(text).width;
    }

    /** Lines from `top` down, as many as fit into `maximum`; where the next text may begin. */
    wrap(text: string, x: number, top: number, width: number, ink: Ink, maximum: number): number {
        this.take(ink);
        const lines = wrapped(text, width, maximum, (part) => this.context.measureText(part).width);
        const tall = ink.size * lineHeight;
        lines.forEach((line, place) => this.write(line, x, top + place * tall + ink.size, ink));
        return top + lines.length * tall;
    }

    box(x: number, y: number, width: number, height: number, colour: string, alpha = 1): void {
        this.context.globalAlpha = alpha;
        this.context.fillStyle = colour;
        this.context.fillRect(x, y, width, height);
        this.context.globalAlpha = 1;
    }

    line(points: readonly Point[], colour: string, width: number): void {
        this.context.strokeStyle = colour;
        this.context.lineWidth = width;
        this.context.lineJoin = "round";
        this.context.beginPath();
        points.forEach(([x, y], place) => (place === 0 ? this.context.moveTo(x, y) : this.context.lineTo(x, y)));
        this.context.stroke();
    }

    private take({ size, colour, isBold = false }: Ink): void {
        this.context.font = `${isBold ? 600 : 400} ${size}px ${family}`;
        this.context.fillStyle = colour;
    }
}
