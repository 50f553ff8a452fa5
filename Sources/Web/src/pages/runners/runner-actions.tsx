/* What can be done with a runner that has not ended. */
import type { Runner } from "api-types";
import { useState } from "react";
import { type LeftPosition, pauseRunner, resumeRunner, stopRunner } from "../../api/runners";
import { quantityText } from "../../lib/trading/words";
import { useCommands } from "../../ui/commands";
import { FailureNotice } from "../../ui/notices";
import { Button, Dialog, toast } from "../../ui/parts";
import { useWork } from "../../ui/use-work";

export function RunnerActions({ runner }: { runner: Runner }): JSX.Element {
    const { id, status } = runner;
    const [isStopping, setStopping] = useState(false);
    const [work, run] = useWork();
    const isRunning = status === "RUNNING";
    const label = isRunning ? "Pause" : "Resume";
    const change = async (): Promise<void> => {
        try {
            await (isRunning ? pauseRunner(id) : resumeRunner(id));
        } catch (error) {
            toast(`Not ${isRunning ? "paused" : "resumed"}. ${error instanceof Error ? error.message : ""}`.trim());
        }
    };
    const toggle = (): void => void run(change);
    useCommands([
        { id: "runner toggle", label: `${label} the runner`, group: "Runner", run: toggle },
        { id: "runner stop", label: "Stop the runner", group: "Runner", run: () => setStopping(true) },
    ]);
    return (
        <div className="row">
            {/* Its place keeps the focus while it works, and is the other button afterwards. */}
            <Button aria-disabled={work.isRunning} onClick={toggle}>
                {label}
            </Button>
            <Button kind="danger" onClick={() => setStopping(true)}>
                Stop…
            </Button>
            <Stop runner={runner} isOpen={isStopping} close={() => setStopping(false)} />
        </div>
    );
}

interface StopProps {
    readonly runner: Runner;
    readonly isOpen: boolean;
    readonly close: () => void;
}

/** Asked, for it cannot be taken back; and what becomes of what it holds. */
const Stop = (props: StopProps): JSX.Element => (
    <Dialog title="Stop the runner?" isOpen={props.isOpen} close={props.close}>
        <Choice {...props} />
    </Dialog>
);

function Choice({ runner: { id, quantity, symbol }, close }: StopProps): JSX.Element {
    const [work, run] = useWork();
    const isHolding = Number(quantity) > 0;
    const held = `${quantityText(quantity)} ${symbol}`;
    const stop = (position: LeftPosition) => async (): Promise<void> => {
        if (await run(() => stopRunner(id, position))) close();
    };
    const button = (position: LeftPosition, label: string): JSX.Element => (
        <Button kind="danger" isBusy={work.isRunning} onClick={() => void stop(position)()}>
            {label}
        </Button>
    );
    return (
        <>
            <p>
                It ends for good, and its money is free again.{" "}
                {isHolding ? (
                    <>
                        It holds {held}: keep that in the account, as a position of your own without a stop, or sell it at the
                        last stored close.
                    </>
                ) : (
                    "It holds nothing."
                )}
            </p>
            {work.error !== null && <FailureNotice what="It was not stopped." error={work.error} />}
            <div className="dialog-actions">
                <Button data-first onClick={close}>
                    Cancel
                </Button>
                {isHolding ? (
                    <>
                        {button("keep", "Stop and keep it")}
                        {button("close", "Stop and sell it")}
                    </>
                ) : (
                    button("keep", "Stop it")
                )}
            </div>
        </>
    );
}
