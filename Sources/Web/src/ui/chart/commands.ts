import type { Command } from "../commands";
import { panStep, zoomStep } from "./controls";
import type { ChartHandle } from "./model";

/** What a chart does by name and, while it has the focus, by key. */
export const chartCommands = (chart: ChartHandle): readonly Command[] => {
    const command = (label: string, keys: string | readonly string[], run: () => void): Command => ({
        id: `chart ${label}`,
        label,
        group: "Chart, while it has the focus",
        keys,
        isLocal: true,
        run,
    });
    return [
        command("Zoom in", "+", () => chart.zoom(1 / zoomStep)),
        command("Zoom out", "-", () => chart.zoom(zoomStep)),
        command("Back in time", "Shift+ArrowLeft", () => chart.pan(-panStep)),
        command("Forward in time", "Shift+ArrowRight", () => chart.pan(panStep)),
        command("Reset the chart", "0", () => chart.reset()),
    ];
};
