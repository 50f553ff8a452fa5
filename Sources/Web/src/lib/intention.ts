/* What somebody is about to ask for. */

/** One key for one intended request: asking again after a lost answer finds what the first one has made. */
export class Intention {
    #request = "";
    #key = "";

    /** The same for the same request, until it is {@link done}. */
    keyOf(request: string): string {
        if (this.#request !== request) {
            this.#request = request;
            this.#key = crypto.randomUUID();
        }
        return this.#key;
    }

    /** The next request is another one, also where it asks for the same. */
    done(): void {
        this.#request = "";
    }
}
