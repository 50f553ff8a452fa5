/// The version of this release; CHANGELOG.md tells what each brought.
public enum Version {
    public static let current = "0.1.0"
}
