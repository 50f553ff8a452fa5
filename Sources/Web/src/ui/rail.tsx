/* The ways to the rooms: beside the page on wide screens, below it on phones. */
import { type PageName, type Place } from "../lib/routes";
import {
    AboutIcon,
    BellIcon,
    BacktestsIcon,
    DataIcon,
    HomeIcon,
    Logo,
    MarketsIcon,
    SettingsIcon,
    StrategiesIcon,
    TradeIcon,
} from "./icons";
import { Link } from "./navigation";
import { useAccount } from "./use-account";

export interface Way {
    readonly label: string;
    readonly href: string;
    readonly icon: () => JSX.Element;
    /** The rooms that it stands for; the first is where it leads. */
    readonly pages: readonly [PageName, ...PageName[]];
    /** Keys that lead there. */
    readonly keys: string;
    /** Left to the page's foot where there is room for five only. */
    readonly isMinor?: boolean;
}

const markets: Way = {
    label: "Markets",
    href: "/markets",
    icon: MarketsIcon,
    pages: ["markets", "symbol"],
    keys: "g m",
};
const about: Way = { label: "About", href: "/about", icon: AboutIcon, pages: ["about"], keys: "g a", isMinor: true };

const forVisitors: readonly Way[] = [
    { label: "Home", href: "/", icon: HomeIcon, pages: ["home"], keys: "g h" },
    markets,
    about,
];
const forUsers: readonly Way[] = [
    { label: "Dashboard", href: "/", icon: HomeIcon, pages: ["home"], keys: "g d" },
    markets,
    {
        label: "Strategies",
        href: "/strategies",
        icon: StrategiesIcon,
        pages: ["strategies", "new-strategy", "strategy", "strategy-versions"],
        keys: "g s",
    },
    {
        label: "Backtests",
        href: "/backtests",
        icon: BacktestsIcon,
        pages: ["backtests", "new-backtest", "backtest", "compare"],
        keys: "g b",
    },
    {
        label: "Trade",
        href: "/trade",
        icon: TradeIcon,
        pages: ["trade", "order", "new-runner", "runner", "new-practice", "practice"],
        keys: "g t",
    },
    { label: "Alerts", href: "/alerts", icon: BellIcon, pages: ["alerts"], keys: "g l", isMinor: true },
    { label: "Data", href: "/data", icon: DataIcon, pages: ["data", "data-series", "data-import", "data-upload", "data-jobs", "data-job", "data-sources"], keys: "g p", isMinor: true },
    { label: "Settings", href: "/settings", icon: SettingsIcon, pages: ["settings"], keys: "g e", isMinor: true },
    about,
];

/** Where the reader can go now. */
export function useWays(): readonly Way[] {
    const account = useAccount();
    return account.state === "visitor" ? forVisitors : forUsers;
}

export function Rail({ place }: { place: Place }): JSX.Element {
    const ways = useWays();
    return (
        <nav className="rail" aria-label="Main">
            <Link href="/" className="brand" aria-label="BitStockerz home">
                <Logo />
                <span>BitStockerz</span>
            </Link>
            <ul>
                {ways.map(({ label, href, icon: Icon, pages, isMinor = false }) => (
                    <li key={href} className={isMinor ? "minor" : undefined}>
                        <Link href={href} aria-current={pages.includes(place.page) ? "page" : undefined}>
                            <Icon />
                            <span>{label}</span>
                        </Link>
                    </li>
                ))}
            </ul>
        </nav>
    );
}
