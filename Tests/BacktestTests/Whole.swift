/// A whole number from zero up, of any length, written for reading only: it decides where doubles may not.
struct Whole: Comparable {
    /// The least part first; the last is not zero.
    private var limbs: [UInt32] = []

    init(_ value: some BinaryInteger) {
        var rest = value
        while rest > 0 {
            limbs.append(UInt32(truncatingIfNeeded: rest))
            rest >>= 32
        }
    }

    private init(limbs: [UInt32]) {
        self.limbs = limbs
        while self.limbs.last == 0 { self.limbs.removeLast() }
    }

    static func power(of base: Int, _ exponent: Int) -> Whole {
        (0..<exponent).reduce(Whole(1)) { power, _ in power * Whole(base) }
    }

    static func < (a: Self, b: Self) -> Bool {
        a.limbs.count == b.limbs.count
            ? a.limbs.reversed().lexicographicallyPrecedes(b.limbs.reversed()) : a.limbs.count < b.limbs.count
    }

    static func + (a: Self, b: Self) -> Self {
        var sum: [UInt32] = []
        var carry: UInt64 = 0
        for i in 0..<max(a.limbs.count, b.limbs.count) + 1 {
            carry += UInt64(i < a.limbs.count ? a.limbs[i] : 0) + UInt64(i < b.limbs.count ? b.limbs[i] : 0)
            sum.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        return Whole(limbs: sum)
    }

    /// - Precondition: `b` is not more than `a`.
    static func - (a: Self, b: Self) -> Self {
        var difference: [UInt32] = []
        var borrow: Int64 = 0
        for i in a.limbs.indices {
            borrow += Int64(a.limbs[i]) - Int64(i < b.limbs.count ? b.limbs[i] : 0)
            difference.append(UInt32(truncatingIfNeeded: borrow))
            borrow >>= 32
        }
        precondition(borrow == 0, "less than zero")
        return Whole(limbs: difference)
    }

    static func * (a: Self, b: Self) -> Self {
        var product = [UInt32](repeating: 0, count: a.limbs.count + b.limbs.count)
        for i in a.limbs.indices {
            var carry: UInt64 = 0
            for k in b.limbs.indices {
                carry += UInt64(a.limbs[i]) * UInt64(b.limbs[k]) + UInt64(product[i + k])
                product[i + k] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            product[i + b.limbs.count] = UInt32(carry)
        }
        return Whole(limbs: product)
    }

    /// Rounded down.
    static func / (a: Self, divisor: Int) -> Self {
        var quotient = a.limbs
        var rest: UInt64 = 0
        for i in quotient.indices.reversed() {
            rest = rest << 32 | UInt64(quotient[i])
            quotient[i] = UInt32(rest / UInt64(divisor))
            rest %= UInt64(divisor)
        }
        return Whole(limbs: quotient)
    }
}

/// A fraction from zero up.
struct Ratio {
    let numerator: Whole
    let denominator: Whole

    init(_ numerator: Whole, _ denominator: Whole = Whole(1)) {
        (self.numerator, self.denominator) = (numerator, denominator)
    }

    /// What a double is, exactly.
    init(_ value: Double) {
        let significand = Whole(UInt64(value.significand * 0x1p52))
        let exponent = Int(value.exponent) - 52
        numerator = significand * .power(of: 2, max(0, exponent))
        denominator = .power(of: 2, max(0, -exponent))
    }

    /// How two numbers lie to one another when some doubt is left of how far they are apart, as a share of the greater.
    enum Order: Equatable { case less, equal, greater, doubtful }

    /// - Parameters:
    ///   - equality: what is less than this apart is equal in truth: computing with so many digits leaves it.
    ///   - error: up to this distance an engine in doubles may say either.
    func order(to other: Ratio, equality: Whole, error: Whole) -> Order {
        let (a, b) = (numerator * other.denominator, other.numerator * denominator)
        let (greater, less) = (max(a, b), min(a, b))
        let distance = greater - less
        if distance * equality <= greater { return .equal }
        if distance * error <= greater { return .doubtful }
        return a < b ? .less : .greater
    }

    static func < (a: Self, b: Self) -> Bool { a.numerator * b.denominator < b.numerator * a.denominator }
    static func == (a: Self, b: Self) -> Bool { a.numerator * b.denominator == b.numerator * a.denominator }
    static func * (a: Self, b: Self) -> Self { Ratio(a.numerator * b.numerator, a.denominator * b.denominator) }
}
