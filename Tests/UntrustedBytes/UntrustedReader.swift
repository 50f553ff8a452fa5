import App
import BytesInMemory
import Compression
import Crypto
import JSON
import Market
import PriceFiles
import Providers
import Remote
import Strategy
import Synchronization
import WebAuthn

/// Everyone who reads bytes of strangers. What it makes of them does not matter here: that it ends soon, and well, does.
package enum UntrustedReader: String, CaseIterable, Sendable {
    case json, definition, query, path, cookies, fields, fastcgi, cbor, passkey, der, jwt, base64url, csv
    /// gzip, zip, zstd, tar.
    case archive
    /// Answers of vendors of prices.
    case coinbase, binance, alpaca, tiingo

    /// The most bytes it looks at; more are refused at once.
    package var maximumBytes: Int {
        switch self {
        case .json, .passkey, .csv, .archive, .base64url, .coinbase, .binance, .alpaca, .tiingo: ParseLimits().maxBytes
        case .definition: StrategyDefinition.maximumBytes
        case .query, .path, .cookies, .fields: 48_000  // about as many as the parameters of a request may have
        case .fastcgi: 200_000  // what a socket takes at once
        case .cbor, .der: CBORReader.maxBytes
        case .jwt: JSONWebToken.maxBytes
        }
    }

    package func read(_ bytes: [UInt8]) {
        switch self {
        case .json: Self.readJSON(bytes)
        case .definition: _ = StrategyDefinition.read(bytes: bytes)
        case .query: Responding.answer(FastCGIRequest(["QUERY_STRING": bytes]).bytes)
        case .path: Responding.answer(FastCGIRequest(["REQUEST_URI": Array("/".utf8) + bytes]).bytes)
        case .cookies: Responding.answer(FastCGIRequest(["HTTP_COOKIE": bytes]).bytes)
        case .fields: Responding.answer(FastCGIRequest(["CONTENT_TYPE": bytes]).bytes)
        case .fastcgi: Responding.answer(bytes)
        case .cbor: _ = try? CBORReader.item(of: bytes)
        case .passkey: Self.readPasskey(bytes)
        case .der: Self.walk(DERElement.all(in: bytes[...]) ?? [])
        case .jwt: _ = try? JSONWebToken(String(decoding: bytes, as: UTF8.self))
        case .base64url: _ = Crypto.bytes(base64URL: String(decoding: bytes, as: UTF8.self))
        case .csv: Self.readPrices(bytes)
        case .archive: Self.unpack(bytes)
        case .coinbase: Self.fetch(from: Coinbase(), "BTC-USD", .crypto, .hour, hours: 300, bytes)
        case .binance: Self.fetch(from: Binance(), "BTC-USDT", .crypto, .hour, hours: 20_000, bytes)
        case .alpaca: Self.fetch(from: Alpaca(), "BTC-USD", .crypto, .hour, hours: 20_000, bytes)
        case .tiingo: Self.fetch(from: Tiingo(), "AAPL", .equity, .day, hours: 240_000, bytes)
        }
    }

    /// Ends the process where what was taken does not mean the same when it is written and read again.
    package func check(_ bytes: [UInt8]) {
        switch self {
        case .json:
            guard let value = try? parse(bytes) else { return }
            let again = try? parse(value.bytes, limits: ParseLimits(maxBytes: .max))
            precondition(again == value, "a document that changes when it is written")
        case .definition:
            guard let definition = StrategyDefinition.read(bytes: bytes).0 else { return }
            precondition(StrategyDefinition.read(definition.json).0 == definition, "a definition that changes")
            precondition(!definition.summary.isEmpty && !definition.canonicalBytes.isEmpty)
        default: break
        }
    }

    /// What a route does with a body: looks members up, compares words, keeps what it does not know.
    private static func readJSON(_ bytes: [UInt8]) {
        guard let value = try? parse(bytes) else { return }
        if let object = value.objectValue {
            let known: Set<String> = ["name", "description", "definition", "email"]
            for name in known { _ = object[name] == "name" }
            _ = object.names(besides: known).prefix(50).map(\.shortened)
        }
    }

    private static func readPasskey(_ bytes: [UInt8]) {
        guard let value = try? parse(bytes) else { return }
        _ = try? RegistrationAnswer(value)
        _ = try? AuthenticationAnswer(value)
    }

    /// As an import does: the whole file, twice.
    private static func readPrices(_ bytes: [UInt8]) {
        var options = ReadingOptions()
        options.now = 1_700_000_000_000_000
        _ = try? PriceFile(BytesInMemory(bytes), name: "bars.csv", options: options).bars()
    }

    /// As an upload is: in constant memory.
    private static func unpack(_ bytes: [UInt8]) {
        var rest: [UInt8]? = bytes
        let unpacking = Decompression(DecompressionLimits(maximumBytes: 64 << 20)) { rest.take() }
        while let stretch = try? unpacking.next() { precondition(!stretch.isEmpty, "a stretch of nothing") }
    }

    /// When the bars begin that vendors are asked for: 2022-01-01.
    static let firstBar: Int64 = 1_640_995_200_000_000

    /// As an ingestion does, with these bytes for the first answer.
    private static func fetch(
        from provider: some PriceProvider, _ symbol: String, _ assetType: AssetType, _ timeframe: Timeframe,
        hours: Int64,
        _ bytes: [UInt8]
    ) {
        let request = FetchRequest(
            symbol, assetType, timeframe, firstBar..<(firstBar + hours * 3_600_000_000), now: 3_000_000_000_000_000,
            credentials: Credentials(keyID: "id", secret: "secret"))
        var last = Int64.min
        _ = try? provider.fetch(request, by: OneAnswer(bytes)) { bars in
            precondition(bars.firstError(timeframe: timeframe) == nil && bars.times[0] > last, "bars that cannot be")
            precondition(request.range.contains(bars.times[0]) && request.range.contains(bars.times[bars.count - 1]))
            last = bars.times[bars.count - 1]
        }
    }

    /// As the readers of attestations go: into what is nested, a few levels.
    private static func walk(_ elements: [DERElement], depth: Int = 0) {
        guard depth < 8 else { return }
        for element in elements { walk(element.elements ?? [], depth: depth + 1) }
    }
}

/// A vendor that says one thing and no more.
private final class OneAnswer: ProviderExchange {
    private let bytes: Mutex<[UInt8]?>

    init(_ bytes: [UInt8]) { self.bytes = Mutex(bytes) }

    func get(_ request: ProviderRequest) throws(ProviderError) -> ProviderAnswer {
        guard let body = bytes.withLock({ $0.take() }) else { throw .cancelled }
        return ProviderAnswer(status: 200, body: body)
    }
}
