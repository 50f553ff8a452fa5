import Testing

@testable import App

/// Tests/Web/unit/file-name.test.ts has the page's of the same rule, with the same cases.
struct FileNameTests {
    @Test(arguments: [
        ("Dip buyer", "nvda-1d-2015-01-02-2024-12-31-dip-buyer-v2-equity.csv"),
        ("  Golden cross: 50/200! ", "nvda-1d-2015-01-02-2024-12-31-golden-cross-50-200-v2-equity.csv"),
        ("../../etc/passwd", "nvda-1d-2015-01-02-2024-12-31-etc-passwd-v2-equity.csv"),
        ("a\"b\r\nX: y;c", "nvda-1d-2015-01-02-2024-12-31-a-b-x-y-c-v2-equity.csv"),
        ("!?", "nvda-1d-2015-01-02-2024-12-31-v2-equity.csv"),
        ("Ünïted", "nvda-1d-2015-01-02-2024-12-31-ünïted-v2-equity.csv"),
        ("金 buy", "nvda-1d-2015-01-02-2024-12-31-金-buy-v2-equity.csv"),
        ("🚀 rocket\u{202E}", "nvda-1d-2015-01-02-2024-12-31-rocket-v2-equity.csv"),
        ("हिन्दी", "nvda-1d-2015-01-02-2024-12-31-हिन्दी-v2-equity.csv"),
    ])
    func `files are called by what they hold`(_ strategy: String, _ name: String) {
        #expect(
            FileName("NVDA", "1d", "2015-01-02", "2024-12-31", strategy, "v2", "equity", type: "csv").description
                == name)
    }

    @Test func `no name is longer than a file's may be`() {
        let name = FileName(
            String(repeating: "A.", count: 16), "1h", "2015-01-02", "2024-12-31", String(repeating: "𝒜", count: 255),
            "v2147483647", "equity",
            type: "csv"
        ).description
        #expect(name.utf8.count <= 255 && name.hasPrefix("a-a-") && name.hasSuffix("-v2147483647-equity.csv"))
        let cut = FileName(String(repeating: "a", count: 39) + " b", type: "csv").description
        #expect(cut == String(repeating: "a", count: 39) + ".csv", "a cut leaves no dash")
    }

    @Test func `the header names a file of every script, and one of letters that everybody reads`() {
        let plain = FileName("NVDA", "Dip buyer", type: "csv"), other = FileName("NVDA", "金", "v2", type: "csv")
        #expect(plain.disposition == "attachment; filename=\"nvda-dip-buyer.csv\"")
        #expect(
            other.disposition == "attachment; filename=\"nvda-v2.csv\"; filename*=UTF-8''nvda-%E9%87%91-v2.csv")
    }
}
