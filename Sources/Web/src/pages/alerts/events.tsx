import { useEffect, useState } from "react";
import { type Alert, removeAlert, setAlert } from "../../api/alerts";
import { type EventKind, eventKinds, eventWords } from "../../lib/alert-words";
import { FailureNotice } from "../../ui/notices";
import { Card, Checkbox } from "../../ui/parts";
import type { Reload, Resource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";
import { Reading } from "../trade/reading";

/** What of the account the user is told each time. */
export function Events({ alerts, reload }: { alerts: Resource<readonly Alert[]>; reload: Reload }): JSX.Element {
    const [work, run] = useWork();
    // Shows at once what is wanted, until the server has said what is.
    const [wanted, setWanted] = useState<{ readonly kind: EventKind; readonly isOn: boolean } | null>(null);
    useEffect(() => setWanted(null), [alerts]);
    const change = async (kind: EventKind, set: Alert | undefined, isOn: boolean): Promise<void> => {
        setWanted({ kind, isOn });
        const isDone = await run(async () => {
            if (isOn) await setAlert({ kind });
            else if (set) await removeAlert(set.id);
        });
        if (!isDone) setWanted(null);
    };
    return (
        <Card title="Tell me when">
            {work.error !== null && <FailureNotice what="Your choice was not saved." error={work.error} />}
            <Reading found={alerts} reload={reload} what="your choices">
                {(all) => (
                    <ul className="alerts-events">
                        {eventKinds.map((kind) => {
                            const set = all.find((alert) => alert.kind === kind);
                            return (
                                <li key={kind}>
                                    <Checkbox
                                        label={eventWords[kind]}
                                        isChecked={wanted?.kind === kind ? wanted.isOn : set !== undefined}
                                        isDisabled={work.isRunning && wanted?.kind !== kind}
                                        change={(isOn) => void change(kind, set, isOn)}
                                    />
                                </li>
                            );
                        })}
                    </ul>
                )}
            </Reading>
        </Card>
    );
}
