/// The passes over returns from bar to bar. What a sum of doubles is depends on its order, so each has the order of the
/// bars, and as many of them as can run side by side are taken in one pass: a processor that waits for one addition
/// does the others meanwhile. Two columns, of the run and of the market, have the same length.
enum ReturnSums {
    /// What needs nothing but the returns.
    struct Plain {
        /// Sixteen in order, each of returns of the run.
        var blocks: [ReturnMoments.Block] = []
        var sum = 0.0
        /// Of the losing returns.
        var losingSquares = 0.0
        var marketSum = 0.0
    }

    /// What needs the means.
    struct Central {
        var second = 0.0
        var third = 0.0
        var fourth = 0.0
        /// Of run and market, about the means of ``Plain/sum`` and ``Plain/marketSum``.
        var covariance = 0.0
        var marketVariance = 0.0
    }

    static func plain(_ own: UnsafePointer<Double>, _ market: UnsafePointer<Double>, count: Int) -> Plain {
        var result = Plain()
        result.blocks.reserveCapacity(ReturnMoments.blockCount)
        var sum = 0.0
        var losingSquares = 0.0
        var marketSum = 0.0
        for b in 0..<ReturnMoments.blockCount {
            let range = (count * b / ReturnMoments.blockCount)..<(count * (b + 1) / ReturnMoments.blockCount)
            var blockSum = 0.0
            var blockSquares = 0.0
            for i in range {
                let value = own[i]
                // Adding zero changes no bit of a sum that began at zero and has no negative part.
                let loss = value < 0 ? value : 0
                blockSum += value
                blockSquares += value * value
                sum += value
                losingSquares += loss * loss
                marketSum += market[i]
            }
            result.blocks.append(.init(count: range.count, sum: blockSum, sumOfSquares: blockSquares))
        }
        result.sum = sum
        result.losingSquares = losingSquares
        result.marketSum = marketSum
        return result
    }

    /// - Parameter center: about which the run's powers are taken: the mean of the sum of its blocks.
    static func central(
        _ own: UnsafePointer<Double>, _ market: UnsafePointer<Double>, count: Int, center: Double, ownMean: Double,
        marketMean: Double
    ) -> Central {
        var result = Central()
        for i in 0..<count {
            let deviation = own[i] - center
            let square = deviation * deviation
            let marketDeviation = market[i] - marketMean
            result.second += square
            result.third += square * deviation
            result.fourth += square * square
            result.covariance += marketDeviation * (own[i] - ownMean)
            result.marketVariance += marketDeviation * marketDeviation
        }
        return result
    }

    /// What is left of the run's returns after the market's; then only their blocks and powers count.
    static func residuals(
        _ own: UnsafePointer<Double>, _ market: UnsafePointer<Double>, count: Int, slope: Double,
        into output: UnsafeMutablePointer<Double>
    ) -> [ReturnMoments.Block] {
        (0..<ReturnMoments.blockCount).map { b in
            let range = (count * b / ReturnMoments.blockCount)..<(count * (b + 1) / ReturnMoments.blockCount)
            var sum = 0.0
            var squares = 0.0
            for i in range {
                let value = own[i] - slope * market[i]
                output[i] = value
                sum += value
                squares += value * value
            }
            return ReturnMoments.Block(count: range.count, sum: sum, sumOfSquares: squares)
        }
    }

    static func powers(_ values: UnsafePointer<Double>, count: Int, center: Double) -> Central {
        var result = Central()
        for i in 0..<count {
            let deviation = values[i] - center
            let square = deviation * deviation
            result.second += square
            result.third += square * deviation
            result.fourth += square * square
        }
        return result
    }
}
