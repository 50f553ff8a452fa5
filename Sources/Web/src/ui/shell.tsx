import type { ReactNode } from "react";
import type { Place } from "../lib/routes";
import { AccountMenu } from "./account-menu";
import { Logo } from "./icons";
import { Link } from "./navigation";
import { OfflineNotice } from "./notices";
import { type Colours, type Theme, useColours, useTheme } from "./preferences";
import { SymbolSearch } from "./symbol-search";

/** What stands around every page: header with search, the page, footer with the display settings. */
export function Shell({ place, children }: { place: Place; children: ReactNode }): JSX.Element {
    const isMarkets = place.page === "markets" || place.page === "symbol";
    return (
        <>
            <a className="skip" href="#main">
                Skip to content
            </a>
            <header className="top">
                <Link href="/" className="brand" aria-label="BitStockerz home">
                    <Logo />
                    <span>BitStockerz</span>
                </Link>
                <nav aria-label="Main">
                    <Link href="/" aria-current={place.page === "home" ? "page" : undefined}>
                        Home
                    </Link>
                    <Link href="/markets" aria-current={isMarkets ? "page" : undefined}>
                        Markets
                    </Link>
                </nav>
                <SymbolSearch />
                <AccountMenu place={place} />
            </header>
            <OfflineNotice />
            <main id="main" tabIndex={-1}>
                {children}
            </main>
            <footer className="foot">
                <p>
                    Research software. Nothing here is investment advice. Prices can be old or wrong: their source and
                    age are on every chart.
                </p>
                <DisplaySettings />
            </footer>
        </>
    );
}

export function DisplaySettings(): JSX.Element {
    const [theme, setTheme] = useTheme();
    const [colours, setColours] = useColours();
    return (
        <div className="settings">
            <label>
                Theme
                <select value={theme} onChange={(event) => setTheme(event.target.value as Theme)}>
                    <option value="system">System</option>
                    <option value="dark">Dark</option>
                    <option value="light">Light</option>
                </select>
            </label>
            <label>
                Up / down
                <select value={colours} onChange={(event) => setColours(event.target.value as Colours)}>
                    <option value="blue-orange">Blue / orange</option>
                    <option value="green-red">Green / red</option>
                </select>
            </label>
        </div>
    );
}
