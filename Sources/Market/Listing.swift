/// Where a share is listed, as far as its days depend on that.
public enum Listing {
    /// Whether an exchange is open on New York's days. A share of which none is named is taken for one of the United States,
    /// as tickers without a place are.
    ///
    /// - Parameter exchange: as people, vendors and directories write it: NYSE, XNAS, Nasdaq Global Select, P.
    public static func keepsNewYorkDays(_ exchange: String?) -> Bool {
        guard let exchange else { return true }
        let name = exchange.uppercased().utf8.filter { 48...57 ~= $0 || 65...90 ~= $0 }
        return newYork.contains(String(decoding: name, as: UTF8.self))
    }

    /// In capital letters and digits alone. Whole names: Nasdaq Stockholm and NYSE Euronext Paris have other days.
    private static let newYork: Set<String> = [
        "NYSE", "XNYS", "NYQ", "NYS", "NEWYORK", "NEWYORKSTOCKEXCHANGE", "NEWYORKSTOCKEXCHANGEINC", "US", "USA",
        "NASDAQ", "XNAS", "NAS", "NMS", "NGM", "NCM", "NASDAQGS", "NASDAQGM", "NASDAQCM", "NASDAQGLOBALSELECT",
        "NASDAQGLOBALMARKET", "NASDAQCAPITALMARKET", "NASDAQGLOBALSELECTMARKET", "NASDAQSTOCKMARKET", "NASDAQNMS",
        "AMEX", "XASE", "ASE", "NYSEAMERICAN", "NYSEMKT", "NYSEAMEX", "AMERICANSTOCKEXCHANGE",
        "ARCA", "ARCX", "PCX", "NYSEARCA", "NYSEARCAEXCHANGE", "BATS", "BZX", "CBOE", "CBOEBZX", "CBOEUS", "BATSZ",
        "IEX", "IEXG", "INVESTORSEXCHANGE",
        "OTC", "OTCMARKETS", "OTCMKTS", "OTCQX", "OTCQB", "OTCBB", "OTCPINK", "PNK", "PINK",
        // The letters of Nasdaq's own directory.
        "A", "N", "P", "Q", "V", "Z",
    ]
}
