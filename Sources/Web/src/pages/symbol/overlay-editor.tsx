/* The indicators on the chart: add, change a parameter, remove. What is typed counts as soon as it makes sense. */
import { type PriceSource, priceSourceWords } from "api-types";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { catalog, type IndicatorType } from "../../lib/indicators";
import { maximumOverlays, type Overlay, overlayName, periodFault } from "../../lib/overlays";
import { CloseIcon } from "../../ui/icons";
import { lineColour } from "../../ui/chart/chart";
import type { ChangeView } from "./use-chart-view";

interface EditorProps {
    readonly overlays: readonly Overlay[];
    readonly change: ChangeView;
    /** What else stands among the indicators. */
    readonly children: ReactNode;
}

const types = Object.keys(catalog) as IndicatorType[];

export function OverlayEditor({ overlays, change, children }: EditorProps): JSX.Element {
    const adders = useRef<HTMLDivElement>(null);
    /** On a phone the editor waits behind its button, so that the chart begins high on the screen. */
    const [isOpen, setOpen] = useState(false);
    const listID = useId();
    const add = (type: IndicatorType): void => {
        // A second line of a kind starts at a period that is not there yet, or it would hide under the first.
        let period = catalog[type].initial;
        while (overlays.some((overlay) => overlay.type === type && overlay.period === period)) {
            period = Math.min(Math.round(period * 2.5), catalog[type].maximum);
            if (period === catalog[type].maximum) break;
        }
        change({ overlays: [...overlays, { type, period, source: "close" }] });
    };
    const remove = (position: number): void => {
        change({ overlays: overlays.filter((_, index) => index !== position) });
        // The button that had the focus is gone with its row.
        adders.current?.querySelector("button")?.focus();
    };
    const replace = (position: number, overlay: Overlay): void =>
        change({ overlays: overlays.map((old, index) => (index === position ? overlay : old)) }, { replace: true });
    return (
        <>
            <button
                type="button"
                className="overlays-toggle"
                aria-expanded={isOpen}
                aria-controls={listID}
                onClick={() => setOpen(!isOpen)}
            >
                Indicators{overlays.length > 0 && ` (${overlays.length})`}
            </button>
            <div
                id={listID}
                className={isOpen ? "overlays overlays-open" : "overlays"}
                role="group"
                aria-label="Indicators"
            >
                <div className="overlay-adders" ref={adders}>
                    {types.map((type) => (
                        <button
                            key={type}
                            type="button"
                            title={`Add ${catalog[type].description.toLowerCase()}`}
                            aria-label={`Add ${catalog[type].name}`}
                            disabled={overlays.length >= maximumOverlays}
                            onClick={() => add(type)}
                        >
                            + {catalog[type].name}
                        </button>
                    ))}
                </div>
                {overlays.map((overlay, position) => (
                    <OverlayRow
                        key={position}
                        overlay={overlay}
                        colour={lineColour(position)}
                        replace={(changed) => replace(position, changed)}
                        remove={() => remove(position)}
                    />
                ))}
                {children}
            </div>
        </>
    );
}

interface RowProps {
    readonly overlay: Overlay;
    readonly colour: number;
    readonly replace: (overlay: Overlay) => void;
    readonly remove: () => void;
}

function OverlayRow({ overlay, colour, replace, remove }: RowProps): JSX.Element {
    const { name, minimum, maximum } = catalog[overlay.type];
    const [typed, setTyped] = useState(String(overlay.period));
    const faultID = useId();
    const fault = periodFault(overlay.type, typed);
    // The address changed under the field, by the back button for instance.
    useEffect(() => setTyped(String(overlay.period)), [overlay.period, overlay.type]);

    const type = (text: string): void => {
        setTyped(text);
        if (periodFault(overlay.type, text) === null) replace({ ...overlay, period: Number(text) });
    };
    return (
        <div className={`overlay line-${colour}`} role="group" aria-label={overlayName(overlay)}>
            <span className="overlay-name">{name}</span>
            <input
                type="number"
                inputMode="numeric"
                aria-label={`${name} period`}
                min={minimum}
                max={maximum}
                step={1}
                value={typed}
                aria-invalid={fault !== null}
                aria-describedby={fault === null ? undefined : faultID}
                onChange={(event) => type(event.target.value)}
                onBlur={() => fault !== null && setTyped(String(overlay.period))}
            />
            <select
                aria-label={`${name} source`}
                value={overlay.source}
                onChange={(event) => replace({ ...overlay, source: event.target.value as PriceSource })}
            >
                {priceSourceWords.map((source) => (
                    <option key={source} value={source}>
                        {source}
                    </option>
                ))}
            </select>
            <button
                type="button"
                className="button-icon"
                aria-label={`Remove ${overlayName(overlay)}`}
                onClick={remove}
            >
                <CloseIcon />
            </button>
            {fault !== null && (
                <span id={faultID} className="field-fault" role="alert">
                    {fault}
                </span>
            )}
        </div>
    );
}
