import type { Strategy } from "api-types";
import { useAccount } from "../../ui/use-account";
import { type Reload, type Resource, useResource } from "../../ui/use-resource";

/** The strategies of who is signed in; none for a visitor. Their code is fetched only for who may have some. */
export function useOwnStrategies(): [Resource<readonly Strategy[]>, Reload] {
    const isSignedIn = useAccount().state === "signed-in";
    return useResource<readonly Strategy[]>(isSignedIn ? "strategies" : "strategies of a visitor", async () =>
        isSignedIn ? (await import("../../api/strategies")).strategyList() : [],
    );
}
