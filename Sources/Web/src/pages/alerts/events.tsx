import { type Alert, removeAlert, setAlert } from "../../api/alerts";
import { eventKinds, eventWords } from "../../lib/alert-words";
import { FailureNotice } from "../../ui/notices";
import { Card, Checkbox } from "../../ui/parts";
import type { Reload, Resource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";
import { Reading } from "../trade/reading";

/** What of the account the user is told each time. */
export function Events({ alerts, reload }: { alerts: Resource<readonly Alert[]>; reload: Reload }): JSX.Element {
    const [work, run] = useWork();
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
                                        isChecked={set !== undefined}
                                        change={(isOn) =>
                                            void run(async () => {
                                                if (isOn) await setAlert({ kind });
                                                else if (set) await removeAlert(set.id);
                                            })
                                        }
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
