import Testing

@testable import Market

@Suite struct AmountTests {
    static let texts: [(String, Money?, Price?, Quantity?)] = [
        ("0", Money(cents: 0), Price("0.0"), .zero),
        ("12.34", Money(cents: 1_234), Price("12.340"), Quantity("12.34000000")),
        ("12.345", nil, Price("12.345000"), Quantity("12.345")),
        ("0.00000001", nil, Price("0.000000010000"), Quantity("0.00000001")),
        ("0.000000001", nil, Price("0.000000001"), nil),
        ("0.0000000000001", nil, nil, nil),
        ("92233720368547758.07", Money(cents: .max), Price("92233720368547758.07"), Quantity("92233720368547758.07")),
        ("92233720368547758.08", nil, Price("92233720368547758.08"), Quantity("92233720368547758.08")),
        ("-1", Money(cents: -100), nil, nil), ("-0", Money(cents: 0), Price("0"), .zero),
        (String(repeating: "9", count: 40), nil, nil, nil), ("", nil, nil, nil), (".5", nil, nil, nil),
        ("5.", nil, nil, nil), ("1e3", nil, nil, nil), ("+1", nil, nil, nil), (" 1", nil, nil, nil),
        ("1,5", nil, nil, nil), ("--1", nil, nil, nil), ("1.2.3", nil, nil, nil), ("nan", nil, nil, nil),
        ("١", nil, nil, nil),
    ]

    @Test(arguments: texts)
    func `texts are read exactly or not at all`(_ text: String, _ money: Money?, _ price: Price?, _ quantity: Quantity?)
    {
        #expect(Money(text) == money)
        #expect(Price(text) == price)
        #expect(Quantity(text) == quantity)
    }

    @Test(arguments: ["0", "0.5", "27.44", "0.000000000001", "123456789012345678901.5", "1000"])
    func `a price is written as short as it can be`(_ text: String) {
        #expect(Price(text)?.description == text)
        #expect(Price(text + (text.contains(".") ? "000" : ".000"))?.description == text)
    }

    @Test(arguments: [
        ("10", "10.00000000", "10.000000000000"), ("0", "0.00000000", "0.000000000000"),
        ("0.00000001", "0.00000001", "0.000000010000"), ("102.5", "102.50000000", "102.500000000000"),
    ])
    func `in full are all places`(_ text: String, _ quantity: String, _ price: String) {
        #expect(Quantity(text)?.inFull == quantity)
        #expect(Price(text)?.inFull == price)
    }

    @Test(arguments: [0, 1, 2, 8, 12], [0, 1, 2])
    func `what is written is read as the same number, and as long as it has to be`(_ places: Int, _ minimum: Int) {
        var generator = SystemRandomNumberGenerator()
        for bits in 0..<127 {
            let units = UInt128.random(in: 0...(1 << UInt128(bits)), using: &generator)
            let text = WholeNumber.text(units, places: places, minimum: min(minimum, places))
            guard let read = WholeNumber.read(text, places: places) else {
                Issue.record("\(text) is not read")
                continue
            }
            #expect(read.units == units && !read.isNegative, "\(units) as \(text)")
            let digits = text.split(separator: ".", omittingEmptySubsequences: false)
            #expect(digits[0] == "\(units / WholeNumber.power(places))")
            let behind = digits.count == 1 ? 0 : digits[1].count
            #expect(behind >= min(minimum, places) && behind <= places)
            #expect(behind <= minimum || text.last != "0", "\(text) could be shorter")
        }
    }

    @Test(arguments: [
        (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123_456, "1234.56"), (Int64.min, "-92233720368547758.08"),
    ])
    func `money has two places`(_ cents: Int64, _ text: String) { #expect(Money(cents: cents).description == text) }

    @Test func `rates are basis points and percents`() throws {
        #expect(Rate(basisPoints: "12.5") == Rate("0.00125"))
        #expect(Rate(basisPoints: "0.0001") == Rate("0.00000001"))
        #expect(Rate(basisPoints: "0.00001") == nil)
        #expect(Rate(percent: "2.5") == Rate("0.025"))
        #expect(Rate("1000000.00000001") == nil)
        #expect(try Money(cents: 10_000).share(#require(Rate(basisPoints: "12.5"))) == Money(cents: 13))
        #expect(try Money(cents: -10_000).share(#require(Rate(basisPoints: "12.5"))) == Money(cents: -13))
    }

    @Test func `prices are rounded against the trader, values to the nearest cent, quantities down`() throws {
        let third = try #require(Price("0.333333333333")), rate = try #require(Rate("0.5"))
        #expect(try third.increased(by: rate) == Price("0.5"))
        #expect(try third.reduced(by: rate) == Price("0.166666666666"))
        #expect(try Money.value(of: #require(Quantity("0.5")), at: #require(Price("0.01"))) == Money(cents: 1))
        #expect(try Money.value(of: #require(Quantity("0.49999999")), at: #require(Price("0.01"))) == Money(cents: 0))
        #expect(try Quantity(spending: Money(cents: 10_000), at: #require(Price("3"))) == Quantity("33.33333333"))
        #expect(try Quantity(spending: Money(cents: -1), at: #require(Price("3"))) == .zero)
        #expect(try Money(cents: 100).part(1, of: 3) == Money(cents: 33))
        let three = try #require(Quantity("3")), eight = try #require(Quantity("80000"))
        #expect(try Price(Money(cents: 100), for: three) == Price("0.333333333333"))
        #expect(try Price(Money(cents: 200), for: three) == Price("0.666666666667"))
        #expect(try Price(Money(cents: 1_050_00), for: #require(Quantity("10.5"))) == Price("100"))
        // 0.01 / 80,000.00000000 is 0.000000125, and over four billions it is 2.5 in the last place.
        #expect(try Price(Money(cents: 1), for: eight) == Price("0.000000125"))
        #expect(try Price(Money(cents: 1), for: #require(Quantity("4000000000"))) == Price("0.000000000003"), "half up")
    }

    @Test func `what is too large is an error`() throws {
        let most = Money(cents: .max), least = Money(cents: .min), cent = Money(cents: 1)
        let huge = try Price(units: UInt128(Int128.max)), lot = try Quantity(units: Quantity.largestUnits)
        let rate = try #require(Rate("1000000"))
        #expect(throws: AmountError.overflow) { try most + cent }
        #expect(throws: AmountError.overflow) { try least - cent }
        #expect(throws: AmountError.overflow) { try most.share(rate) }
        #expect(throws: AmountError.overflow) { try least.share(rate) }
        #expect(throws: AmountError.overflow) { try Money.value(of: lot, at: huge) }
        #expect(throws: AmountError.overflow) { try huge.increased(by: rate) }
        #expect(throws: AmountError.overflow) { try lot + lot }
        #expect(lot.description == "99999999999999999999.99999999" && Quantity("100000000000000000000") == nil)
        #expect(throws: AmountError.overflow) { try Price(units: .max) }
        #expect(throws: AmountError.negative) { try huge.reduced(by: rate) }
        #expect(throws: AmountError.negative) { try #require(Price("1")) - #require(Price("2")) }
        #expect(throws: AmountError.negative) { try Quantity.zero - lot }
        #expect(throws: AmountError.divisionByZero) { try Quantity(spending: cent, at: #require(Price("0"))) }
        #expect(throws: AmountError.divisionByZero) { try cent.part(1, of: 0) }
        #expect(throws: AmountError.divisionByZero) { try Price(cent, for: .zero) }
        #expect(throws: AmountError.negative) { try Price(Money(cents: -1), for: lot) }
        #expect(try Price(most, for: #require(Quantity("0.00000001"))).units > 0)
        #expect(throws: AmountError.overflow) { try Quantity(spending: most, at: #require(Price("0.000000000001"))) }
        #expect(try Quantity(spending: most, at: #require(Price("0.001"))).units > 0)
    }

    @Test func `no sum and no value is more than a column of the ledger holds`() throws {
        let most = try #require(Money("9999999999999999.99")), least = try #require(Money("-9999999999999999.99"))
        let cent = Money(cents: 1), one = try #require(Quantity("1"))
        #expect(try (most - cent) + cent == most && (least + cent) - cent == least)
        #expect(try Money.value(of: one, at: #require(Price("9999999999999999.994"))) == most)
        #expect(throws: AmountError.overflow) { try most + cent }
        #expect(throws: AmountError.overflow) { try least - cent }
        #expect(throws: AmountError.overflow) { try Money.value(of: one, at: #require(Price("9999999999999999.995"))) }
    }

    @Test func `products of 256 bits agree with long division`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let a = UInt128.random(in: 0...(.max), using: &random) >> UInt128.random(in: 0...127, using: &random)
            let b = UInt128.random(in: 0...(.max), using: &random) >> UInt128.random(in: 0...127, using: &random)
            let c = max(
                1, UInt128.random(in: 0...(.max), using: &random) >> UInt128.random(in: 0...127, using: &random))
            // quotient * c + remainder = a * b, found without dividing 256 bits.
            guard let down = try? WholeNumber.product(a, b, over: c, .down) else {
                #expect(a.multipliedFullWidth(by: b).high >= c)
                continue
            }
            let product = a.multipliedFullWidth(by: b), back = down.multipliedFullWidth(by: c)
            let (rest, borrow) = product.low.subtractingReportingOverflow(back.low)
            #expect(rest < c && product.high == back.high + (borrow ? 1 : 0))
            let up = try? WholeNumber.product(a, b, over: c, .up)
            #expect(up == (rest == 0 ? down : down == .max ? nil : down + 1))
            let nearest = try? WholeNumber.product(a, b, over: c, .nearest)
            #expect(nearest == (rest >= c - rest ? up : down))
        }
    }

    @Test(arguments: [
        (26.8912, "26.8912"), (0.1, "0.1"), (0, "0"), (-0.0, "0"), (100, "100"), (5e-7, "0.0000005"), (4e-13, "0"),
        (6e-13, "0.000000000001"), (1e-300, "0"), (27.440000534057617, "27.440000534058"),
        (1.5e20, "150000000000000000000"),
        (1e25, "10000000000000000000000000"),
    ])
    func `a price is the shortest decimal that reads back as the number`(_ number: Double, _ price: String) {
        #expect(Price(nearest: number)?.description == price)
    }

    @Test(arguments: [-1, .nan, .infinity, -.infinity, 1e26, .greatestFiniteMagnitude])
    func `what is no price is none`(_ number: Double) {
        #expect(Price(nearest: number) == nil)
    }
}
