import { deliveriesKey, readDeliveries, type WebhookDelivery } from "../../api/webhooks";
import { deliveryWords, headingOf } from "../../lib/alert-words";
import { useResource } from "../../ui/use-resource";
import { When } from "../../ui/when";
import { Reading } from "../trade/reading";

/** One that was not tried yet is on its way now; the others wait for minutes. */
const isUnderWay = (all: readonly WebhookDelivery[]): boolean =>
    all.some(({ status, attempts }) => status === "pending" && attempts === 0);

/** The last messages to a webhook, and how each stands. */
export function Deliveries({ webhook }: { webhook: string }): JSX.Element {
    const [found, reload] = useResource<readonly WebhookDelivery[]>(deliveriesKey(webhook), () => readDeliveries(webhook), {
        poll: isUnderWay,
    });
    return (
        <details className="alerts-deliveries" open>
            <summary>Last messages</summary>
            <Reading found={found} reload={reload} what="the last messages" lines={2}>
                {(all) =>
                    all.length === 0 ? (
                        <p className="dim">None yet.</p>
                    ) : (
                        <ul data-testid="deliveries">
                            {all.map((one) => (
                                <li key={one.id}>
                                    <span>
                                        {headingOf(one.kind)}: {deliveryWords(one)}
                                    </span>{" "}
                                    <small>
                                        <When at={one.createdAt} />
                                    </small>
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Reading>
        </details>
    );
}
