import Glibc

/// Where the files of this installation lie, as `make install PREFIX=` has put it: beside the program that runs.
public enum InstalledFiles {
    /// The file of the program that runs.
    public static let program = {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        return String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    /// The folder of migrations, page and site files, without a slash at the end.
    public static let share = share(ofProgram: program)

    /// A program that lies in no installation, but where it was built, takes the usual one.
    static func share(ofProgram program: String) -> String {
        let folder = program.prefix(upTo: program.lastIndex(of: "/") ?? program.startIndex)
        for place in ["/bin", "/libexec/bitstockerz"] where folder.hasSuffix(place) {
            return folder.dropLast(place.count) + "/share/bitstockerz"
        }
        return "/usr/share/bitstockerz"
    }
}
