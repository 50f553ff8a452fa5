import Market

/// A request as far as one vendor can answer it.
struct FetchPlan {
    let symbol: String
    /// As the vendor calls it.
    let vendorSymbol: String
    let assetType: AssetType
    let timeframe: Timeframe
    /// Where the bars begin that are asked for: on the grid, not before the vendor had any, and all of them final.
    let wanted: Range<Int64>
    /// What ``FetchEnd/completeThrough`` says when all of these have been delivered.
    let completeThrough: Int64
    /// No bar can begin later.
    let latest: Int64

    /// How far a vendor's clock may be ahead of ours, in microseconds.
    private static let skew: Int64 = 300_000_000

    /// - Throws: ``ProviderError/notFound(symbol:)`` for what the vendor does not serve,
    ///   ``ProviderError/unauthorized`` for what it serves only with a key, when there is none.
    init(_ request: FetchRequest, of provider: some PriceProvider) throws(ProviderError) {
        guard let service = provider.service(of: request.assetType, request.timeframe),
            let vendorSymbol = provider.vendorSymbol(request.symbol, request.assetType)
        else { throw .notFound(symbol: request.symbol) }
        guard request.credentials != nil || !service.needsKey else { throw .unauthorized }
        (symbol, self.vendorSymbol) = (request.symbol, vendorSymbol)
        (assetType, timeframe) = (request.assetType, request.timeframe)
        let width = timeframe.microseconds
        let final = service.finalThrough(timeframe, now: Instant(microseconds: request.now)).microseconds
        completeThrough = min(request.range.upperBound, final)
        // Inside the years that have names, so that nothing here overflows.
        let lower = min(max(request.range.lowerBound, service.earliestDay.start.microseconds), final)
        let first = lower + (width - lower.remainder(of: width)) % width
        wanted = first..<max(first, completeThrough)
        let ahead = min(request.now, CalendarDay.last.start.microseconds) + Self.skew
        switch assetType {
        case .crypto: latest = ahead
        case .equity: latest = NewYorkTime.day(at: Instant(microseconds: ahead))?.start.microseconds ?? ahead
        }
    }

    /// How many bars there can be at most.
    var maximum: Int { Int((wanted.upperBound - wanted.lowerBound) / timeframe.microseconds) + 1 }

    /// The day that the first bar asked for is of, and the one after the last.
    var days: (first: CalendarDay, end: CalendarDay) {
        // Both are within the years 1 to 9999.
        (Instant(microseconds: wanted.lowerBound).day!, Instant(microseconds: wanted.upperBound).day!)
    }
}
