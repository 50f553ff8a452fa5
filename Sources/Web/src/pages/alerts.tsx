import "../shared";
import { type Alert, alertsKey, readAlerts } from "../api/alerts";
import { PageHeading, useQuery } from "../ui/navigation";
import { useResource } from "../ui/use-resource";
import { Events } from "./alerts/events";
import { Happened } from "./alerts/happened";
import { PriceAlerts } from "./alerts/price-alerts";
import { Webhooks } from "./alerts/webhooks";

/** What happened, what the user wants to be told of, and who else is told. */
export default function Alerts(): JSX.Element {
    const [alerts, reload] = useResource<readonly Alert[]>(alertsKey, readAlerts);
    const asked = new URLSearchParams(useQuery());
    return (
        <div className="page alerts">
            <div className="page-head">
                <div>
                    <PageHeading title="Alerts · BitStockerz">Alerts</PageHeading>
                    <p className="sub">Prices are looked at as they are stored, bar by bar: nothing here is live.</p>
                </div>
            </div>
            <div className="alerts-columns">
                <Happened />
                <div className="alerts-rules">
                    <PriceAlerts
                        key={asked.get("symbol") ?? ""}
                        alerts={alerts}
                        reload={reload}
                        symbol={asked.get("symbol") ?? ""}
                        last={asked.get("last") ?? ""}
                    />
                    <Events alerts={alerts} reload={reload} />
                    <Webhooks />
                </div>
            </div>
        </div>
    );
}
