import "./shared";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { barPage, symbolDetails } from "./api/resources";
import { loadAccount } from "./api/session";
import { parseView } from "./lib/chart-view";
import { type Place, placeOf } from "./lib/routes";
import { rooms } from "./rooms";
import { ErrorBoundary } from "./ui/error-boundary";
import { usePath } from "./ui/navigation";
import { Room } from "./ui/room";
import { Shell } from "./ui/shell";

/** Asks for a room's code, and a chart's bars, at once. Failures are the room's to show, when it asks again. */
async function fetchAhead(place: Place): Promise<void> {
    void rooms[place.page]().catch(() => undefined);
    const { symbol } = place.params;
    if (place.page !== "symbol" || symbol === undefined) return;
    void import("./ui/chart/library");
    const details = await symbolDetails(symbol);
    const { interval } = parseView(new URLSearchParams(location.search), details.intervals);
    await barPage(details.symbol, details.assetType, interval, null, 0);
}

function App(): JSX.Element {
    const path = usePath();
    const place = placeOf(path);
    // Another thing of the same kind is a new room; another part of the settings is not.
    const identity = [place.page, place.params["symbol"], place.params["id"]].join(" ");
    return (
        <Shell place={place}>
            <ErrorBoundary key={identity}>
                <Room key={identity} place={place} name={place.page} load={rooms[place.page]} />
            </ErrorBoundary>
        </Shell>
    );
}

loadAccount();
fetchAhead(placeOf(location.pathname)).catch(() => undefined);
const container = document.getElementById("app");
if (container) {
    createRoot(container).render(
        <StrictMode>
            <App />
        </StrictMode>,
    );
}
