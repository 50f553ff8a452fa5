import { type ReactNode, useState } from "react";
import type { Place } from "../lib/routes";
import { AccountMenu } from "./account-menu";
import { Bell } from "./bell";
import { useCommandKeys } from "./commands";
import { KeyHelp } from "./help";
import { LeaveQuestion } from "./leave";
import { Link } from "./navigation";
import { OfflineNotice } from "./notices";
import { Palette } from "./palette";
import { Toasts } from "./parts/toast";
import { type Colours, type Theme, useColours, useTheme } from "./preferences";
import { Rail } from "./rail";
import { useShellCommands } from "./shell-commands";
import { TopNotices } from "./top-notices";

/** What stands around every page: the ways to the rooms, the line with search and account, the page, its foot. */
export function Shell({ place, children }: { place: Place; children: ReactNode }): JSX.Element {
    const [isHelpOpen, setHelpOpen] = useState(false);
    useCommandKeys();
    useShellCommands(() => setHelpOpen(true));
    return (
        <div className="shell">
            <a
                className="skip"
                href="#main"
                onClick={(event) => {
                    // No step for the back button: the page is the same.
                    event.preventDefault();
                    document.getElementById("main")?.focus();
                }}
            >
                Skip to content
            </a>
            <Rail place={place} />
            <div className="shell-page">
                <header className="top">
                    <Palette />
                    <TopNotices place={place} />
                    <Bell place={place} />
                    <AccountMenu place={place} />
                </header>
                <main id="main" tabIndex={-1}>
                    {children}
                </main>
                <footer className="foot">
                    <p>
                        Research software. Nothing here is investment advice. Prices can be old or wrong: their source
                        and age are on every chart. <Link href="/about">What is assumed</Link>
                    </p>
                    <DisplaySettings />
                </footer>
            </div>
            <KeyHelp isOpen={isHelpOpen} close={() => setHelpOpen(false)} />
            <LeaveQuestion />
            <div className="stack">
                <Toasts />
                <OfflineNotice />
            </div>
        </div>
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
