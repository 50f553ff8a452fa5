import BytesInMemory
import Market
import Testing

@testable import PriceFiles

@Suite struct SymbolDirectoryTests {
    private func read(_ text: String) throws -> SymbolDirectory {
        try SymbolDirectory(BytesInMemory(Array(text.utf8)), name: "list")
    }

    @Test func `reads a table of all it knows`() throws {
        let directory = try read(
            """
            symbol,name,asset_type,exchange,currency,is_active
            AAPL,"Apple, Inc.",EQUITY,NASDAQ,usd,true
            btc/usdt,Bitcoin,crypto,,,
            OLD,,stock,NYSE,USD,delisted

            """)
        typealias Entry = SymbolDirectory.Entry
        #expect(
            directory.entries == [
                Entry(
                    line: 2, symbol: "AAPL", name: "Apple, Inc.", assetType: .equity, exchange: "NASDAQ",
                    currency: "USD",
                    isActive: true),
                Entry(
                    line: 3, symbol: "btc/usdt", name: "Bitcoin", assetType: .crypto, exchange: nil, currency: nil,
                    isActive: nil),
                Entry(
                    line: 4, symbol: "OLD", name: nil, assetType: .equity, exchange: "NYSE", currency: "USD",
                    isActive: false),
            ])
        #expect(directory.refused.isEmpty)
    }

    @Test func `reads a table in UTF-16`() throws {
        let bytes = "\u{FEFF}symbol\tname\nAAPL\tÅpple\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let directory = try SymbolDirectory(BytesInMemory(bytes), name: "list")
        #expect(directory.entries.map(\.symbol) == ["AAPL"] && directory.entries[0].name == "Åpple")
    }

    /// As https://www.nasdaqtrader.com publishes it, with test issues and a last line about the file.
    @Test func `reads the directory of Nasdaq`() throws {
        let directory = try read(
            """
            Symbol|Security Name|Market Category|Test Issue|Financial Status|Round Lot Size|ETF|NextShares
            AAPL|Apple Inc. - Common Stock|Q|N|N|100|N|N
            ZAZZT|Tick Pilot Test Stock|G|Y|N|100|N|N
            File Creation Time: 1127202621:33|||||||

            """)
        #expect(directory.entries.map(\.symbol) == ["AAPL"])
        #expect(directory.entries.first?.name == "Apple Inc. - Common Stock")
        #expect(directory.skipped == 2)
        #expect(directory.columns.map(\.name) == ["Symbol", "Security Name", "Test Issue"])
    }

    @Test(arguments: [
        ("Ticker;Company\nSAP;SAP SE\n", "SAP", "SAP SE"),
        ("\u{FEFF}TICKER\tlongName\r\nBRK.B\tBerkshire\r\n", "BRK.B", "Berkshire"),
        ("# of today\nname,Code\nEthereum,ETHUSDT\n", "ETHUSDT", "Ethereum"),
    ])
    func `takes other delimiters, names and orders`(_ text: String, _ symbol: String, _ name: String) throws {
        let entry = try #require(try read(text).entries.first)
        #expect(entry.symbol == symbol && entry.name == name)
        #expect(entry.assetType == (symbol == "ETHUSDT" ? .crypto : .equity))
    }

    @Test(arguments: [
        ("AAPL,Apple\nAAPL,Apple again", 3, "stands in line 2 already"), ("AAPL", 2, "has 1 cell, and"),
        (",Nobody", 2, "there is no symbol"),
    ])
    func `refuses a line by its number`(_ rows: String, _ line: Int, _ reason: String) throws {
        let refused = try read("symbol,name\n\(rows)\nMSFT,Microsoft\n").refused
        #expect(refused.count == 1 && refused[0].line == line && refused[0].description.contains(reason), "\(refused)")
    }

    @Test(arguments: [
        ("symbol,type\nX,bond\n", "neither EQUITY nor CRYPTO"),
        ("symbol,status\nX,perhaps\n", "whether the symbol is active"),
    ])
    func `refuses words that it does not know`(_ text: String, _ reason: String) throws {
        #expect(try read(text).refused.first?.description.contains(reason) == true)
    }

    @Test(arguments: [
        ("", "empty"), ("date,open,high,low,close\n2024-01-02,1,1,1,1\n", "no column is called symbol"),
        ("symbol,name\n", "no symbol"),
    ])
    func `refuses what is no list of symbols`(_ text: String, _ reason: String) {
        #expect {
            _ = try read(text)
        } throws: {
            "\($0)".contains(reason)
        }
    }
}
