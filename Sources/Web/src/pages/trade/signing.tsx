import { changeSigning, type OrderSigning, readSigning, signingKey } from "../../api/trading";
import { cash } from "../../lib/trading/words";
import { FailureNotice } from "../../ui/notices";
import { Card, Checkbox } from "../../ui/parts";
import { useResource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";
import { Reading } from "./reading";

/** Whether a passkey signs large orders. */
export function Signing(): JSX.Element {
    const [found, reload] = useResource<OrderSigning>(signingKey, readSigning);
    const [work, run] = useWork();
    return (
        <Card title="Signed orders">
            <Reading found={found} reload={reload} what="whether orders are signed" lines={2}>
                {({ signsOrders, above }) => (
                    <>
                        <Checkbox
                            label={`Sign orders above ${cash(above)} with a passkey`}
                            isChecked={signsOrders}
                            isDisabled={work.isRunning}
                            change={(isOn) => void run(() => changeSigning(isOn).then(() => undefined))}
                        />
                        <p className="dim">
                            The signature stays with the order: the daily check of the ledger finds one that is no longer what was
                            signed. A passkey signs what the server asked, not what the screen showed. What runners do, and the
                            exits of a bracket, are not signed; several small orders are not added up.
                        </p>
                        {work.error !== null && <FailureNotice what="It stays as it was." error={work.error} />}
                    </>
                )}
            </Reading>
        </Card>
    );
}
