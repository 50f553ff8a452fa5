import "./shared";
import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { barPage, symbolDetails } from "./api/resources";
import { loadAccount } from "./api/session";
import { parseView } from "./lib/chart-view";
import { type Place, placeOf } from "./lib/routes";
import { ErrorBoundary } from "./ui/error-boundary";
import { usePath } from "./ui/navigation";
import { Skeleton } from "./ui/notices";
import { Shell } from "./ui/shell";

const Home = lazy(() => import("./pages/home"));
const Markets = lazy(() => import("./pages/markets"));
const SymbolPage = lazy(() => import("./pages/symbol"));
const SignIn = lazy(() => import("./pages/sign-in"));
const SignUp = lazy(() => import("./pages/sign-up"));
const Recover = lazy(() => import("./pages/recover"));
const Settings = lazy(() => import("./pages/settings"));
const NotFound = lazy(() => import("./pages/not-found"));

/** Asks for a chart's bars while its code is still on the way. Failures are the page's to show, when it asks again. */
async function fetchAhead(place: Place): Promise<void> {
    if (place.page !== "symbol") return;
    void import("./ui/chart/library");
    const details = await symbolDetails(place.symbol);
    const { interval } = parseView(new URLSearchParams(location.search), details.intervals);
    await barPage(details.symbol, details.assetType, interval, null);
}

function Page({ place }: { place: Place }): JSX.Element {
    switch (place.page) {
        case "home":
            return <Home />;
        case "markets":
            return <Markets />;
        case "symbol":
            return <SymbolPage key={place.symbol} symbol={place.symbol} />;
        case "sign-in":
            return <SignIn />;
        case "sign-up":
            return <SignUp />;
        case "recover":
            return <Recover />;
        case "settings":
            return <Settings section={place.section} />;
        case "not-found":
            return <NotFound />;
    }
}

function App(): JSX.Element {
    const path = usePath();
    const place = placeOf(path);
    return (
        <Shell place={place}>
            <ErrorBoundary key={place.page === "symbol" ? path : place.page}>
                <Suspense fallback={<Skeleton label="Loading the page" lines={6} className="page" />}>
                    <Page place={place} />
                </Suspense>
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
