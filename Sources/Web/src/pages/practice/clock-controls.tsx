/* What moves the clock on. */
import type { MouseEvent } from "react";
import { speeds } from "../../lib/trading/practice";
import { useCommands } from "../../ui/commands";
import { FailureNotice } from "../../ui/notices";
import { Button, Segmented } from "../../ui/parts";
import { usePlay } from "./use-play";
import type { Practised, ReplayWork } from "./use-replay";

interface Props {
    readonly held: ReplayWork;
    readonly practised: Practised;
}

const speedOptions = speeds.map((speed) => ({ value: `${speed}`, label: `${speed}` }));
const strides = [1, 5, 20] as const;
const labelOf = (bars: number): string => (bars === 1 ? "Next bar" : `${bars} bars`);

export function ClockControls({ held, practised }: Props): JSX.Element {
    const { isPlaying, toggle, stop } = usePlay(held, practised, held.speed);
    const { isOver } = practised.detail.replay;
    const forward = (bars: number): void => {
        stop();
        if (!isOver) held.step(bars);
    };
    useCommands([
        { id: "practice next", label: "Next bar", group: "Practice", keys: ["n", "ArrowRight"], run: () => forward(1) },
        { id: "practice play", label: isPlaying ? "Pause" : "Play", group: "Practice", keys: "p", run: toggle },
    ]);
    return (
        <div className="practice-controls">
            <div className="row" role="group" aria-label="Clock">
                {strides.map((bars) => (
                    <Button
                        key={bars}
                        kind={bars === 1 ? "primary" : "plain"}
                        // It keeps the focus while a bar comes.
                        aria-disabled={isOver || undefined}
                        onClick={(event) => !isSecondOfTwo(event) && forward(bars)}
                    >
                        {labelOf(bars)}
                    </Button>
                ))}
                <Button aria-disabled={isOver || undefined} onClick={toggle}>
                    {isPlaying ? "Pause" : "Play"}
                </Button>
                <span className="practice-speed">
                    <Segmented label="Bars a second" options={speedOptions} value={`${held.speed}`} change={(speed) => held.setSpeed(Number(speed))} />
                    <span className="dim" aria-hidden="true">
                        bars a second
                    </span>
                </span>
            </div>
            {held.work.error !== null && (
                <FailureNotice what="The next bar did not come." error={held.work.error} retry={() => held.step(1)} />
            )}
        </div>
    );
}

/** A double click is meant as one: a bar that has been seen cannot be taken back. */
const isSecondOfTwo = ({ detail }: MouseEvent): boolean => detail === 2;
