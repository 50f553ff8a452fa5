extension String {
    /// How many combining marks may follow each other (Unicode Standard Annex #15, "Stream-Safe Text Format"): no language
    /// needs as many.
    public static let maximumMarks = 30

    /// Whether there are never more than ``maximumMarks`` combining marks in a row.
    ///
    /// Comparing or hashing a text puts its marks into Unicode's order first, and takes time in the square of a run: of
    /// 80,000 marks, seconds. No text from outside may come further than whoever reads its bytes without this.
    public var isStreamSafe: Bool {
        var run = 0
        for scalar in unicodeScalars {
            run = scalar.isMark ? run + 1 : 0
            if run > Self.maximumMarks { return false }
        }
        return true
    }
}

extension Unicode.Scalar {
    /// Whether it is sorted among its neighbours, whole or taken apart.
    fileprivate var isMark: Bool {
        switch value {
        case ..<0x300: false
        case 0x0F73, 0x0F75, 0x0F81: true  // no marks by themselves, and made of nothing else
        default: properties.canonicalCombiningClass != .notReordered
        }
    }
}
