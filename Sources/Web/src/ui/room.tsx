/* One room of the page: its code is fetched when it is first opened. */
import { type ComponentType, useEffect } from "react";
import { isPersonal, type Place, recoverPath, type RoomProps, signInPath } from "../lib/routes";
import { navigate } from "./navigation";
import { FailureNotice, Skeleton } from "./notices";
import { useAccount } from "./use-account";
import { useResource } from "./use-resource";

export type LoadRoom = () => Promise<{ readonly default: ComponentType<RoomProps> }>;

interface Props {
    readonly place: Place;
    /** Names the room's code. */
    readonly name: string;
    readonly load: LoadRoom;
}

/**
 * A room whose code did not come is asked for again when the reader wants or the network is back; the second time the
 * whole page is loaded anew, for the release that it belongs to may be gone.
 */
export function Room({ place, name, load }: Props): JSX.Element | null {
    const [code, retry] = useResource(`room ${name}`, load);
    const isAllowed = useAdmission(place);
    if (code.state === "failed") {
        return (
            <div className="page">
                <FailureNotice
                    what="This page could not be loaded."
                    error={new Error("You may be offline, or BitStockerz may have been updated since you opened it.")}
                    retry={() => {
                        if (failures.has(name)) location.reload();
                        failures.add(name);
                        retry();
                    }}
                />
            </div>
        );
    }
    if (code.state === "loading" || isAllowed === "asking")
        return <Skeleton label="Loading the page" lines={6} className="page" />;
    if (isAllowed === "no") return null;
    const Content = code.value.default;
    return <Content params={place.params} />;
}

const failures = new Set<string>();

type Admission = "yes" | "no" | "asking";

/** Visitors of a personal room sign in first, and come back to the same place. */
function useAdmission(place: Place): Admission {
    const account = useAccount();
    const isClosed = isPersonal(place);
    const isRecovering = account.state === "signed-in" && account.profile.session?.kind === "recovery";
    const isVisitor = account.state === "visitor";
    useEffect(() => {
        if (!isClosed) return;
        // What a visitor may not see is not lost either: drafts are kept.
        const here = location.pathname + location.search;
        if (isVisitor) navigate(signInPath(here), { replace: true, force: true });
        else if (isRecovering) navigate(recoverPath(here), { replace: true, force: true });
    }, [isClosed, isVisitor, isRecovering]);
    if (!isClosed) return "yes";
    if (account.state === "loading") return "asking";
    if (account.state === "failed") return "yes";
    return isVisitor || isRecovering ? "no" : "yes";
}
