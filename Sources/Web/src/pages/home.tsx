import "../shared";
import { useEffect } from "react";
import { account as accountNow, loadAccount } from "../api/session";
import type { RoomProps } from "../lib/routes";
import { FailureNotice, Skeleton } from "../ui/notices";
import { Room } from "../ui/room";
import { useAccount } from "../ui/use-account";
import { Welcome } from "./home/welcome";

const loadDashboard = (): Promise<typeof import("./dashboard")> => import("./dashboard");

/** The dashboard for who is signed in, for visitors what this is all about. */
export default function Home({ params }: RoomProps): JSX.Element {
    const account = useAccount();
    useEffect(() => {
        // Its code comes while the server is asked who this is.
        if (accountNow().state === "loading") void loadDashboard().catch(() => undefined);
    }, []);
    if (account.state === "loading") return <Skeleton label="Loading your account" lines={6} className="page" />;
    if (account.state === "failed") {
        return (
            <div className="page">
                <FailureNotice what="Your account did not load." error={account.error} retry={loadAccount} />
            </div>
        );
    }
    const isUser = account.state === "signed-in" && account.profile.session?.kind === "full";
    return isUser ? (
        <Room place={{ page: "home", params }} name="dashboard" load={loadDashboard} />
    ) : (
        <Welcome />
    );
}
