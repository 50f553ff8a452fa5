public import Market

/// A file of prices in whatever form people have it: the one reader of files, for the command line and
/// uploads.
///
/// A file is read twice, in constant memory: once to understand it, once for its bars. Only bars that are not oldest first
/// are gathered, to be put in order.
///
///     let file = try PriceFile(source, name: "AAPL.csv", options: ReadingOptions())
///     file.understood.timeframe                                   // .day
///     let report = try file.read { bars in count += bars.count }  // oldest first, in stretches
public struct PriceFile {
    public let name: String
    public let options: ReadingOptions
    public let understood: Understanding
    private let source: any ByteSource
    private let survey: Survey
    private let kind: Kind
    private let width: Width

    /// Looks at all of it.
    ///
    /// - Parameter name: how messages call the file.
    /// - Throws: ``PriceFileRefusal`` for what is no file of bars, or could mean two things; what the source throws.
    public init(_ source: any ByteSource, name: String, options: ReadingOptions) throws {
        let source = UTF8Bytes(source)
        (self.name, self.options, self.source) = (name, options, source)
        do {
            survey = try Survey(source, options)
            kind = Kind(survey, options)
            width = try Width(survey, kind.assetType, options)
            understood = Understanding(survey, width, kind, options)
        } catch let refusal as ReadingRefusal {
            throw PriceFileRefusal(refusal, in: name)
        }
    }

    /// Of shares that are listed elsewhere than in the United States the days are not New York's: the zone of what is joined
    /// to days is asked for where the times do not say it.
    ///
    /// - Parameter exchange: as it was said or is stored; nil: not known.
    /// - Throws: ``PriceFileRefusal`` that asks for the zone.
    public func checkDays(listedAt exchange: String?) throws(PriceFileRefusal) {
        do throws(ReadingRefusal) { try survey.checkDays(kind, width, options, listedAt: exchange) } catch {
            throw PriceFileRefusal(error, in: name)
        }
    }

    /// Hands out the bars, oldest first, each possible by itself and later than the one before.
    ///
    /// - Parameters:
    ///   - stretch: how many bars go out at once.
    ///   - take: gets them, never none.
    /// - Returns: what became of the rows. Whether refused lines are a reason to undo all of it, the caller decides.
    /// - Throws: what the source and `take` throw; ``PriceFileRefusal`` for more bars out of order than memory is spent on.
    public func read(stretch: Int = 4_096, _ take: (CandleSeries) throws -> Void) throws -> ReadingReport {
        do {
            var reading = BarReading(file: self, survey: survey, kind: kind, width: width, stretch: stretch)
            return try reading.run(source, take)
        } catch let refusal as ReadingRefusal {
            throw PriceFileRefusal(refusal, in: name)
        }
    }

    /// All bars at once, for those who hold them in memory anyway.
    public func bars() throws -> (bars: CandleSeries, report: ReadingReport) {
        var all = CandleSeries()
        let report = try read { all.append($0) }
        return (all, report)
    }
}
