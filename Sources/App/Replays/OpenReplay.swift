import Crypto
import HTTP
import JSON
import Market
import Postgres
import System
import Trading

/// What somebody wants to practise on, and how that is opened.
struct OpenReplay: Sendable {
    /// How many a user may keep.
    private static let maximum = 100

    /// At least one, and the field of the request that names them.
    fileprivate struct NamedSymbols: Sendable {
        let field: String
        let tickers: [String]
    }

    private let named: NamedSymbols
    fileprivate let timeframe: Timeframe
    fileprivate let from: CalendarDay
    fileprivate let balance: Money
    fileprivate let fee: Rate
    fileprivate let speed: Int
    /// What the client calls this request, so that it may send it again without a second replay.
    fileprivate let key: String?

    static let speed = Field<Int>.body("speed", Form<Int>.integer(Replay.speeds).example(2), Replay.aboutSpeed)

    static let field = Field<OpenReplay>.group(
        Field<NamedSymbols>.symbols, .body("timeframe", .choice()),
        .body(
            "from", Form<CalendarDay>.day.example("2023-01-03"),
            "The first day: its bar is the newest there is at the beginning"),
        .body(
            "starting_balance", .amount(Money(cents: 1_000_00)...Money(cents: 10_000_000_00)),
            default: PaperAccount.standardBalance, "Cash to begin with"),
        Field<Rate?>.body(
            optional: "fee_bps", .basisPoints(0...500), "Of each fill, in hundredths of a percent; default: none"),
        .body("speed", .integer(Replay.speeds), default: Replay.usualSpeed, Replay.aboutSpeed),
        .idempotencyKey("replay")
    ) {
        OpenReplay(
            named: $1, timeframe: $2, from: $3, balance: $4, fee: $5 ?? .zero, speed: $6,
            key: $7)
    }

    /// SHA-256, hex, of what is asked for; as releases before have reckoned it where it is what they could be asked for.
    fileprivate var hash: String {
        var json = Writer()
        json.beginObject()
        if named.tickers.count == 1 {
            json.member("symbol", named.tickers[0])
        } else {
            json.member("symbols", named.tickers.joined(separator: " "))
        }
        json.member("timeframe", timeframe.rawValue)
        json.member("from", from.description)
        json.member("starting_balance", balance.description)
        json.member("fee_bps", fee.description)
        if speed != Replay.usualSpeed { json.member("speed", String(speed)) }
        json.endObject()
        return hex(Digest.sha256(json.bytes))
    }

    /// A symbol and its newest bar at the beginning.
    fileprivate typealias Beginning = (symbol: SymbolRow, bar: StoredExactBar)

    func open(of userID: String, in db: inout Connection) throws -> Replay {
        if let earlier = try earlier(of: userID, in: &db) { return earlier }
        let symbols = try found(in: &db)
        // In one transaction with what is read of the series: whoever restates one finds what begins with it, or has ended.
        return try db.transaction(
            opening: .holdingSeries(symbols.map(\.id), timeframe), .lockingCaller(userID), .marketClosures()
        ) { db, _, _, closures in
            // Another request of the same key may have been a moment earlier.
            if let earlier = try earlier(of: userID, in: &db) { return earlier }
            guard try db.run(.countOfReplays(of: userID)) < Self.maximum else {
                throw Problem(.quotaExceeded, "\(Self.maximum) replays are kept; delete one first.")
            }
            let (clock, beginnings) = try beginning(of: symbols, TradingCalendar(closures: closures), in: &db)
            let id = UUID.random().text
            _ = try db.run(
                .opening(replay: id, of: userID, self, at: clock), .holding(beginnings, inReplay: id),
                .points([(clock, balance)], ofReplay: id))
            guard let replay = try db.run(.replay(id, of: userID)) else { throw Problem(.internalError) }
            return replay
        }
    }

    /// What an earlier request of the same `Idempotency-Key` has opened, as it is now.
    private func earlier(of userID: String, in db: inout Connection) throws -> Replay? {
        guard let key, let found = try db.run(.replay(openedBy: key, of: userID)) else { return nil }
        try IdempotencyKey.check(hash, against: found.hash)
        return try db.run(.replay(found.id, of: userID))
    }

    /// The instruments that are asked for.
    private func found(in db: inout Connection) throws -> [SymbolRow] {
        var mistakes = Mistakes(), found: [SymbolRow] = []
        for (place, ticker) in named.tickers.enumerated() {
            guard let symbol = try db.run(.symbol(ticker)) else {
                mistakes.add(unknownSymbol: ticker, at: named.field == "symbol" ? "symbol" : "symbols[\(place)]")
                continue
            }
            found.append(symbol)
            if timeframe.periodsPerYear(of: symbol.assetType) == nil {
                mistakes.add(
                    "timeframe", "TIMEFRAME_MISMATCH",
                    "\(symbol.symbol) is \(symbol.assetType.one), which has no \(timeframe.adjective) bars.")
            }
        }
        if let first = found.first,
            let other = found.first(where: { !Currency($0.currency).isWorth(Currency(first.currency)) })
        {
            mistakes.add(
                named.field, "NOT_ALLOWED",
                "\(first.symbol) is priced in \(first.currency), and \(other.symbol) in \(other.currency): practice is in one currency."
            )
        }
        try mistakes.check()
        return found
    }

    /// The first moment of any of the symbols from the day on at which each has a price, and what that is.
    ///
    /// - Throws: ``Problem`` where one of them has no bar after it.
    private func beginning(
        of symbols: [SymbolRow], _ calendar: TradingCalendar, in db: inout Connection
    ) throws -> (clock: Int64, beginnings: [Beginning]) {
        let firsts = try symbols.map { symbol in
            (symbol: symbol, start: try first(symbol, from: from.start.microseconds, calendar, in: &db))
        }
        let earliest = firsts.map(\.start).min() ?? 0
        let later = try firsts.filter { try newest($0.symbol, upTo: earliest, calendar, in: &db) == nil }
        let clock = later.map(\.start).max() ?? earliest
        let beginnings = try symbols.map { symbol -> Beginning in
            _ = try first(symbol, from: clock + 1, calendar, in: &db)
            guard let bar = try newest(symbol, upTo: clock, calendar, in: &db) else {
                throw tooFew(symbol, from: clock)
            }
            return (symbol: symbol, bar: bar)
        }
        return (clock, beginnings)
    }

    /// Where the first bar starts that starts at a moment or later.
    private func first(
        _ symbol: SymbolRow, from start: Int64, _ calendar: TradingCalendar, in db: inout Connection
    ) throws -> Int64 {
        // Of days that of the moment is among them, whenever it starts.
        let bars = try db.run(
            .exactBars(
                of: symbol.id, symbol.assetType, timeframe, startingFrom: start, symbol.hours(calendar), maximum: 2))
        guard let bar = bars.first(where: { $0.start >= start }) else { throw tooFew(symbol, from: start) }
        return bar.start
    }

    private func newest(
        _ symbol: SymbolRow, upTo start: Int64, _ calendar: TradingCalendar, in db: inout Connection
    ) throws -> StoredExactBar? {
        try db.run(.newestExactBar(of: symbol.id, symbol.assetType, timeframe, upTo: start, symbol.hours(calendar)))
    }

    private func tooFew(_ symbol: SymbolRow, from start: Int64) -> Problem {
        let day = Instant(microseconds: start).day ?? from
        return Problem(
            .backtestInsufficientBars,
            "From \(day.written) on fewer than two \(timeframe.adjective) bars of \(symbol.symbol) are stored.")
    }
}

extension Field where Content == OpenReplay.NamedSymbols {
    /// One symbol or a list of several, as somebody names them.
    fileprivate static let symbols = Field.group(
        Field<String?>.body(optional: "symbol", .ticker, "The only one; this or symbols"),
        Field<[String]?>.body(
            optional: "symbols", Form<[String]>.list(of: .ticker, 1...Replay.maximumSymbols).distinct(),
            "Several under one clock, stocks and coins alike"), make: only)

    private static func only(
        _ reader: inout FieldReader, _ symbol: String?, _ symbols: [String]?
    ) -> OpenReplay.NamedSymbols? {
        switch (symbol, symbols) {
        case (let symbol?, nil): return .init(field: "symbol", tickers: [symbol])
        case (nil, let symbols?): return .init(field: "symbols", tickers: symbols)
        case (nil, nil): reader.miss("symbol", .body)
        default: reader.mistakes.add("symbols", "NOT_ALLOWED", "Only one of symbol and symbols may be given.")
        }
        return nil
    }
}

extension Query {
    /// Nobody changes them until the transaction ends. The first of its locks: who restates a series has changed its row
    /// before they look for anything of a user's.
    fileprivate static func holdingSeries(_ symbols: [Int], _ timeframe: Timeframe) -> Query<Int> {
        .change(
            """
            SELECT FROM bar_series WHERE symbol_id = ANY ($1::int[]) AND interval = $2 ORDER BY symbol_id FOR SHARE
            """, symbols, timeframe)
    }

    fileprivate static func opening(
        replay id: String, of userID: String, _ wish: OpenReplay, at clock: Int64
    ) -> Query<Int> {
        .change(
            """
            INSERT INTO replays (id, user_id, interval, starting_balance, cash, fee_bps, first_bar, clock, speed,
              idempotency_key, request_hash)
            VALUES ($1::uuid, $2::uuid, $3, $4::numeric, $4::numeric, $5::numeric * 10000, $6::timestamptz,
              $6::timestamptz, $7::int, $8, $9)
            """, id, userID, wish.timeframe, wish.balance, wish.fee, Instant(microseconds: clock), wish.speed, wish.key,
            wish.key == nil ? nil : wish.hash)
    }

    fileprivate static func holding(_ beginnings: [OpenReplay.Beginning], inReplay id: String) -> Query<Int> {
        .change(
            """
            INSERT INTO replay_holdings (replay_id, symbol_id, position, last_price, last_bar)
            SELECT $1::uuid, symbol_id, position, last_price, last_bar
            FROM unnest($2::int[], $3::numeric[], $4::timestamptz[]) WITH ORDINALITY
              AS h (symbol_id, last_price, last_bar, position)
            """, id, beginnings.map(\.symbol.id), beginnings.map(\.bar.bar.close.description),
            Parameter.timestamps(microseconds: beginnings.map(\.bar.start)))
    }
}
