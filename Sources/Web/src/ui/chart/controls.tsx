/* What moves a chart without a mouse: beside it over the time axis, and in the corner under the axis of values. */
import type { ReactNode } from "react";
import type { ChartHandle } from "./model";

interface MoveProps {
    readonly chart: Pick<ChartHandle, "pan" | "zoom">;
}

/** One step of a button or a key. */
export const zoomStep = 1.6;
export const panStep = 0.3;

export const MoveButtons = ({ chart }: MoveProps): JSX.Element => (
    <div className="chart-move" role="group" aria-label="Move the chart">
        <ChartButton label="Zoom out" press={() => chart.zoom(zoomStep)}>
            <path d="M5 10h10" />
        </ChartButton>
        <ChartButton label="Zoom in" press={() => chart.zoom(1 / zoomStep)}>
            <path d="M5 10h10M10 5v10" />
        </ChartButton>
        <ChartButton label="Back in time" press={() => chart.pan(-panStep)}>
            <path d="m12 5-5 5 5 5" />
        </ChartButton>
        <ChartButton label="Forward in time" press={() => chart.pan(panStep)}>
            <path d="m8 5 5 5-5 5" />
        </ChartButton>
    </div>
);

interface ScaleProps {
    readonly isAutomatic: boolean;
    readonly scaleToFit: () => void;
    readonly reset: () => void;
}

export const ScaleButtons = ({ isAutomatic, scaleToFit, reset }: ScaleProps): JSX.Element => (
    <div className="chart-corner" role="group" aria-label="Scale">
        <ChartButton
            label={isAutomatic ? "Scale to fit: on" : "Scale to fit"}
            isPressed={isAutomatic}
            press={scaleToFit}
        >
            <path d="M10 3v14M7 6l3-3 3 3M7 14l3 3 3-3" />
        </ChartButton>
        <ChartButton label="Reset the chart" press={reset}>
            <path d="M4.5 8A6 6 0 1 1 4 10.5M4 4v4h4" />
        </ChartButton>
    </div>
);

interface ButtonProps {
    readonly label: string;
    readonly isPressed?: boolean;
    readonly press: () => void;
    readonly children: ReactNode;
}

const ChartButton = ({ label, isPressed, press, children }: ButtonProps): JSX.Element => (
    <button
        type="button"
        className="chart-button"
        aria-label={label}
        title={label}
        aria-pressed={isPressed}
        onClick={press}
    >
        <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
            {children}
        </svg>
    </button>
);
