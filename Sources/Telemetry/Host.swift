public import System

/// What a host's processes share.
extension MetricTable {
    /// From here on this process counts in the file, beside those of all other processes.
    ///
    /// - Parameters:
    ///   - base: the path of the file, to which the layout's fingerprint is added.
    ///   - owner: not 0; is given to the process that takes the slot over if this one does not ``leave()``.
    /// - Returns: the owner of an earlier process that ended without leaving; nil when there is none.
    public func share(_ base: String, owner: UInt64) throws(SystemError) -> UInt64? {
        let before = try memory.share(path(base), bytes: SlotMemory.slotBytes(cells: cells), owner: owner)
        for cell in gauges { memory.set(0, to: cell) }
        return before == 0 ? nil : before
    }

    /// Says that this process ends as it should.
    public func leave() { memory.leave() }

    /// The metrics of all processes that share the file.
    ///
    /// - Parameter readings: of the ``Collected`` metrics.
    public func told(from base: String, _ readings: [Reading], as form: Exposition) throws(SystemError) -> [UInt8] {
        let sums = try SlotMemory.sums(
            of: path(base), bytes: SlotMemory.slotBytes(cells: cells), cells: cells, gauges: gauges)
        return exposition(sums, readings, as: form)
    }

    private func path(_ base: String) -> String { "\(base).\(fingerprint)" }
}
