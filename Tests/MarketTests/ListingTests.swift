import Market
import Testing

@Suite struct ListingTests {
    @Test(arguments: [
        nil, "NYSE", "nyse", "XNYS", "NYQ", "Nasdaq", "NASDAQ-GS", "NasdaqGS", "Nasdaq Global Select", "XNAS", "NMS",
        "AMEX",
        "NYSE American", "NYSE Arca", "ARCX", "P", "Z", "Cboe BZX", "IEX", "OTC Markets", "US",
    ])
    func `these are open on New York's days`(_ exchange: String?) {
        #expect(Listing.keepsNewYorkDays(exchange))
    }

    @Test(arguments: [
        "LSE", "XLON", "London", "TSE", "XTKS", "NSE", "BSE", "XETRA", "TSX", "HKEX", "ASX", "Nasdaq Stockholm",
        "NASDAQ OMX Helsinki", "NYSE Euronext Paris", "Tadawul", "Börse Frankfurt", "东京", "-",
    ])
    func `these are not`(_ exchange: String) {
        #expect(!Listing.keepsNewYorkDays(exchange))
    }
}
