/* What codes of the API mean, for people. */
import type { AccountEvent, Method, Scope } from "api-types";
import { type Words, wordsFor } from "./code-words";

/** What the server tells the page at `/sign-in?error=CODE`, after a sign-in elsewhere. */
const signInErrors: Words = {
    SIGN_IN_EXPIRED: "That sign-in took too long, or was started in another browser. Start again.",
    SIGN_IN_CANCELLED: "The sign-in was cancelled. Nothing has changed.",
    PROVIDER_UNAVAILABLE: "The provider cannot be reached right now. Try again later, or use a passkey.",
    PROVIDER_REFUSED: "The provider's answer was not accepted. Try again, or use a passkey.",
    REGISTRATION_CLOSED: "Sign-up is closed.",
    INVITATION_REQUIRED:
        "You need an unused invitation to sign up. Open your invitation link first.",
    ACCOUNT_CLOSED: "An administrator has closed this account.",
    IDENTITY_TAKEN: "That account is already linked to another user here.",
    ALREADY_LINKED: "You have already linked another account of this provider. Unlink it first.",
    RATE_LIMITED: "Too many attempts. Wait a minute, then try again.",
    SERVICE_UNAVAILABLE: "The service is not available right now. Try again in a moment.",
};

export const signInError = (code: string): string =>
    wordsFor(signInErrors, code) ?? "The sign-in did not work. Start again, or use a passkey.";

const events: Readonly<Record<AccountEvent, string>> = {
    "user.created": "Account created",
    "user.changed": "Profile changed",
    "user.deleted": "Account deleted",
    "user.role_changed": "Role changed",
    "user.disabled": "Account disabled by an administrator",
    "user.enabled": "Account enabled again",
    "user.exported": "Data exported",
    "session.started": "Signed in",
    "session.refused": "Sign-in refused",
    "session.confirmed": "Confirmed with a passkey",
    "session.confirmation_refused": "Confirmation refused",
    "session.ended": "Session ended",
    "session.others_ended": "Other sessions ended",
    "passkey.added": "Passkey added",
    "passkey.refused": "Passkey refused",
    "passkey.renamed": "Passkey renamed",
    "passkey.removed": "Passkey removed",
    "recovery.code_used": "Recovery code used",
    "recovery.link_made": "Recovery link created by an operator",
    "recovery.link_used": "Recovery link used",
    "recovery.codes_made": "New recovery codes created",
    "api_key.made": "API key created",
    "api_key.revoked": "API key revoked",
    "identity.linked": "Sign-in provider linked",
    "identity.unlinked": "Sign-in provider unlinked",
    "invitation.made": "Invitation created",
    "import.confirmed": "Import of prices started",
    "import.stored": "Prices imported",
    "finding.dismissed": "Finding about prices dismissed",
    "finding.restored": "Finding about prices restored",
    "closure.added": "Day without trading added",
    "closure.removed": "Day without trading removed",
    "order.placed": "Paper order placed",
    "order.filled": "Paper order filled",
    "order.rejected": "Paper order refused",
    "order.replaced": "Paper order changed",
    "order.cancelled": "Paper order cancelled",
    "order.expired": "Paper order expired",
    "position.rescaled": "Paper position changed by a split",
    "order.signature_refused": "Signature of a paper order refused",
    "runner.started": "Strategy started on paper",
    "runner.paused": "Strategy on paper paused",
    "runner.resumed": "Strategy on paper resumed",
    "runner.stopped": "Strategy on paper stopped",
    "paper_account.fees_changed": "Fees of the paper account changed",
    "paper_account.signing_changed": "Signing of large paper orders switched on or off",
    "paper_account.reset": "Paper account reset",
    "webhook.made": "Webhook added",
    "webhook.enabled": "Webhook switched on",
    "webhook.disabled": "Webhook switched off",
    "webhook.removed": "Webhook removed",
    "symbol.listed": "Symbols listed",
    "symbol.renamed": "Symbol renamed",
    "symbol.retired": "Symbol retired",
    "symbol.restored": "Symbol restored",
};

/** An event that a later server adds is still told by its name. */
export const eventInWords = (type: string): string => wordsFor(events, type) ?? type.replace(/[._]/g, " ");

const methods: Readonly<Record<Method, string>> = {
    passkey: "with a passkey",
    google: "with Google",
    apple: "with Apple",
    recovery_code: "with a recovery code",
    recovery_link: "with a recovery link",
};

/** A way that a later server adds is still told by its name. */
export const methodInWords = (method: string): string => wordsFor(methods, method) ?? `by ${method.replace(/_/g, " ")}`;

/** What a key with this scope may do. */
export const scopeWords: Readonly<Record<Scope, string>> = {
    read: "See your strategies, backtests and account",
    research: "Create strategies and run backtests",
    trade: "Place paper orders",
    ingest: "Import market data",
    admin: "Manage users",
};
