/* What can be done from everywhere: the ways to the rooms, what is begun in them, and what is decided of one's own. */
import { useEffect } from "react";
import {
    newBacktestPath,
    newStrategyPath,
    sectionNames,
    sections,
    settingsPath,
    signInPath,
    signUpPath,
    tradePath,
    wayBackFrom,
} from "../lib/routes";
import { type Command, useCommands } from "./commands";
import { navigate } from "./navigation";
import { toast } from "./parts/toast";
import { useTheme } from "./preferences";
import { useWays } from "./rail";
import { useAccount } from "./use-account";
import { useSignOut } from "./use-sign-out";

const way = (id: string, label: string, group: string, to: () => string): Command => ({
    id,
    label,
    group,
    run: () => navigate(to()),
});

/** In their rooms some of these have a key, and do what they do at once. */
const begun: readonly Command[] = [
    way("new strategy", "New strategy", "New", () => newStrategyPath()),
    way("new backtest", "New backtest", "New", () => newBacktestPath()),
    way("new order", "New order", "New", () => tradePath()),
    way("import prices", "Import prices", "New", () => "/data/import"),
];

export function useShellCommands(showKeys: () => void): void {
    const [, setTheme] = useTheme();
    const ways = useWays();
    const account = useAccount();
    const [work, signOut] = useSignOut();
    const profile = account.state === "signed-in" ? account.profile : null;
    const own = sections
        .filter((section) => section !== "users" || profile?.role === "admin")
        .map((section) =>
            way(`settings ${section}`, `Settings: ${sectionNames[section]}`, "Settings", () => settingsPath(section)),
        );
    const { error } = work;
    useEffect(() => {
        // The menu that would tell is closed.
        if (error !== null) toast(error instanceof Error ? error.message : "Signing out failed.");
    }, [error]);
    useCommands([
        ...ways.map(({ label, href, keys }) => ({ ...way(`go ${href}`, label, "Go to", () => href), keys })),
        ...(profile?.session?.kind === "full" ? [...begun, ...own] : []),
        ...(profile ? [{ id: "sign out", label: "Sign out", group: "Account", run: signOut }] : []),
        ...(account.state === "visitor"
            ? [
                  way("sign in", "Sign in", "Account", () => signInPath(wayBackFrom(location))),
                  way("sign up", "Create an account", "Account", () => signUpPath(wayBackFrom(location))),
              ]
            : []),
        { id: "theme dark", label: "Dark theme", group: "Display", run: () => setTheme("dark") },
        { id: "theme light", label: "Light theme", group: "Display", run: () => setTheme("light") },
        { id: "theme system", label: "Theme of the system", group: "Display", run: () => setTheme("system") },
        { id: "help", label: "Keyboard shortcuts", group: "Help", keys: "?", run: showKeys },
    ]);
}
